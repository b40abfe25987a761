"""What the page of the Boltzmann machine says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.energy.two_wells.chains import COLD, HOT, schedule
from app.experiments.energy.two_wells.run import crossings
from tests.entries.evidence import runs_of

shown = runs_of("boltzmann-machine")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def test_bars_are_shares_and_lines_are_exact() -> None:
    drawn = traces("states")
    exact = np.asarray(drawn["exact"].y)[::3]
    assert list(exact) == sorted(exact, reverse=True)
    assert 100 * exact[0] == pytest.approx(shown().metrics["deepest_state_exactly_percent"], rel=1e-4)
    assert np.abs(np.asarray(drawn["sampled"].y) - exact).max() < 0.05
    assert np.abs(np.asarray(traces("states", update="all at once")["sampled"].y) - exact).max() > 0.02


def test_more_sweeps_help_only_one_by_one() -> None:
    course = np.asarray(traces("distance")["the chains"].y)
    assert course[-1] < 0.5 * course[0]
    at_once = np.asarray(traces("distance", update="all at once")["the chains"].y)
    assert at_once[-1] > 2 * course[-1]


def test_hot_chains_pass_between_the_wells_and_cold_ones_do_not() -> None:
    rates = [shown(temperature=T).metrics["crossings_per_100_sweeps"] for T in (0.4, 1.0, 2.0)]
    assert rates[0] < 0.5 < rates[1] < rates[2]
    assert (
        shown(temperature=3.0).metrics["crossings_per_100_sweeps"]
        < 1.1 * shown(temperature=1.5).metrics["crossings_per_100_sweeps"]
    )


def test_a_passage_is_counted_once_and_only_when_the_other_well_is_reached() -> None:
    assert crossings(torch.tensor([[1.0], [0.5], [1.0], [0.5], [0.0], [0.5], [0.0]])) == pytest.approx(100 / 7)


def test_schedules_begin_hot_and_end_cold() -> None:
    for cooling in ("step by step", "evenly"):
        course = schedule(cooling)
        assert course[0].item() == pytest.approx(HOT)
        assert course[-1].item() == pytest.approx(COLD)
        assert (course.diff() < 0).all()
    assert schedule("step by step").diff()[0].abs() > schedule("step by step").diff()[-1].abs()
    assert schedule("cold from the start").unique().tolist() == [COLD]


def test_the_lowest_state_is_planted_and_has_almost_all_probability_when_cold() -> None:
    metrics = shown().metrics
    assert metrics["planted_units_in_deepest_state"] == 10
    assert metrics["deepest_exactly_percent"] > 99


@pytest.mark.parametrize("change", [{"temperature": 0.3}, {"temperature": 3.0, "sweeps": 100, "chains": 10}])
def test_extremes_are_finite(change: dict) -> None:
    run = shown(**change)
    assert all(np.isfinite(value) for value in run.metrics.values())
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
