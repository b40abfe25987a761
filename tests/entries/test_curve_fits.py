"""What the pages on universal approximation and radial basis functions say beyond their claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_the_drawn_fit_is_close_to_the_target() -> None:
    figure = runs_of("universal-approximation")().figures["curve"]
    fit, target = (np.asarray(trace(figure, name).y) for name in ("least squares", "target"))
    assert np.abs(fit - target).max() < 0.1


def test_error_falls_with_width() -> None:
    drawn = np.asarray(trace(runs_of("universal-approximation")().figures["width"], "tanh").y)
    assert (np.diff(drawn) <= 1e-6).all()


def test_no_steps_still_give_a_page() -> None:
    told = runs_of("universal-approximation")(steps=0, units=1).metrics
    assert np.isfinite(told["descent_error"])


def test_the_bumps_add_up_to_the_sum() -> None:
    figure = runs_of("rbf-network")().figures["fit"]
    total = np.asarray(trace(figure, "sum").y)
    parts = np.asarray(trace(figure, "bumps").y, dtype=float).reshape(12, -1)[:, :-1]
    assert np.abs(np.nan_to_num(parts).sum(axis=0) - total).max() < 0.06  # the ends of bumps are not drawn


@pytest.mark.parametrize("change", [{"bumps": 1}, {"bumps": 24, "width": 0.5}, {"width": 0.01}])
def test_extreme_bumps_give_finite_numbers(change) -> None:
    assert all(np.isfinite(value) for value in runs_of("rbf-network")(**change).metrics.values())
