"""What the page of the change of variables says beyond its claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of

mapped = runs_of("change-of-variables")


def test_maps_show_shares_that_sum_to_the_window() -> None:
    run = mapped()
    counted, formula = (np.asarray(trace.z, float).sum() for trace in run.figures["densities"].plot.data)
    assert 100 * counted == pytest.approx(run.metrics["points_in_window_percent"], abs=1e-3)
    assert formula / counted == pytest.approx(run.metrics["mass_ratio"], rel=1e-4)


@pytest.mark.parametrize("name", ["fan", "stretch", "swell", "bend", "fold"])
@pytest.mark.parametrize("amount", [0.2, 1.2])
def test_every_map_agrees_with_its_count(name: str, amount: float) -> None:
    metrics = mapped(map=name, amount=amount).metrics
    assert metrics["chi_square_per_cell"] < 1.6
    assert 0.95 < metrics["mass_ratio"] < 1.05
    assert metrics["square_growth"] == pytest.approx(metrics["determinant"], rel=0.05)


def test_one_branch_of_the_fold_is_half_the_mass() -> None:
    assert mapped(map="fold", branches="one").metrics["mass_ratio"] == pytest.approx(0.5, abs=0.01)


def test_the_mistake_is_darkest_where_the_grid_is_wide() -> None:
    wrong = np.asarray(mapped(rule="multiply by |det J|").figures["densities"].plot.data[1].z, float)
    assert wrong[:, 16:].sum() > 2 * wrong[:, :8].sum()


def test_a_square_on_the_fold_loses_area() -> None:
    metrics = mapped(map="fold", square=0).metrics
    assert metrics["determinant"] == pytest.approx(0, abs=1e-6)
    assert metrics["square_growth"] < 0.01
