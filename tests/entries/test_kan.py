"""What the pages on Kolmogorov–Arnold networks and the representation theorem say beyond their claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_the_drawn_curves_lie_on_the_formula() -> None:
    figure = runs_of("kan")().figures["network"]
    drawn = np.concatenate([np.append(trace(figure, f"{one}").y, np.nan) for one in ("x to +", "y to +", "+ to f")])
    expected = np.asarray(trace(figure, "expected").y)
    assert np.nanmax(np.abs(drawn - expected)) < 0.02
    assert len(figure.plot.frames) == 1 + 4 * 3


def test_the_edge_is_its_base_and_its_bumps() -> None:
    figure = runs_of("kan")().figures["edge"]
    edge, base, spline = (np.asarray(trace(figure, name).y) for name in ("edge", "base", "spline"))
    assert np.abs(edge - base - spline).max() < 1e-5
    bumps = np.nan_to_num(np.asarray(trace(figure, "bumps").y)).reshape(-1, 62)[:, :-1]
    assert np.abs(bumps.sum(0) - spline).max() < 1e-5


def test_outside_the_grid_only_the_base_is_left() -> None:
    figure = runs_of("kan")(reach=0.25).figures["edge"]
    edge, base = (np.asarray(trace(figure, name).y) for name in ("edge", "base"))
    assert np.abs(edge - base)[[0, -1]].max() < 1e-6


def test_the_errors_end_where_the_numbers_say() -> None:
    run = runs_of("kan")()
    figure = run.figures["error"]
    assert trace(figure, "KAN").y[-1] == pytest.approx(run.metrics["error"], rel=1e-4)
    ends = [trace(figure, name).y[-1] for name in ("1 hidden layer", "2 hidden layers")]
    assert min(ends) == pytest.approx(run.metrics["perceptron_error"], rel=1e-4)
    assert run.metrics["perceptron_parameters"] == pytest.approx(run.metrics["kan_parameters"], rel=0.13)


@pytest.mark.parametrize("change", [{"hidden": 2, "degree": 1}, {"reach": 0.25, "grid": 3, "noise": 0.5, "points": 60}])
def test_extreme_controls_give_finite_errors(change) -> None:
    run = runs_of("kan")(**change)
    assert np.isfinite(run.metrics["error"])
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())


def test_the_maps_differ_by_what_is_said() -> None:
    run = runs_of("kolmogorov-arnold-theorem")()
    function, network, difference = (
        np.asarray(trace(run.figures["maps"], name).z) for name in ("function", "network", "difference")
    )
    assert np.abs(network - function - difference).max() < 1e-5
    assert np.abs(difference).max() == pytest.approx(run.metrics["largest_miss"], rel=1e-4)
    assert function[0, 0] > 0 > function[0, -1]


def test_one_chart_per_edge() -> None:
    figure = runs_of("kolmogorov-arnold-theorem")(sums=3).figures["network"]
    assert sum(" to " in one.name for one in figure.plot.data) == 9
    assert all(
        len(each.plot.to_json()) < 100_000 for each in runs_of("kolmogorov-arnold-theorem")(sums=5).figures.values()
    )
