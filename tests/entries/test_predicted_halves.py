"""What the page on joint-embedding predictive architectures says beyond its claims."""

import numpy as np
import pytest

from app.experiments.contrastive.predicted_halves.run import HALVES
from tests.entries.evidence import runs_of

shown = runs_of("jepa")


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_the_lowest_loss_belongs_to_the_training_that_collapsed() -> None:
    guarded, collapsed = shown().metrics, shown(method="gradient through the target").metrics
    assert collapsed["loss"] < 0.2 * guarded["loss"]
    assert collapsed["matched_percent"] < guarded["matched_percent"] - 20
    assert guarded["loss_without_stop_gradient"] == pytest.approx(collapsed["loss"])
    assert collapsed["explained_percent"] < 0
    assert collapsed["effective_rank"] > 0.95 * guarded["effective_rank"], "rank does not see the collapse"


def test_pixels_fit_halves_at_least_as_well() -> None:
    assert shown(method="pixels as target").metrics["matched_percent"] > shown().metrics["matched_percent"] - 3


def test_without_a_predictor_the_spread_goes_on_shrinking() -> None:
    short, long = (shown(method="no predictor", steps=steps).metrics["spread"] for steps in (400, 800))
    assert long < 0.7 * short


def test_the_course_ends_where_the_numbers_say() -> None:
    run = shown()
    course = run.figures["course"]
    assert trace(course, "all guards, spread").y[0] == pytest.approx(run.metrics["spread_at_start"], abs=1e-5)
    for name, key in (("no stop-gradient", "without_stop_gradient"), ("no moving average", "without_moving_average")):
        assert trace(course, f"{name}, rank").y[-1] == pytest.approx(run.metrics[f"rank_{key}"], rel=1e-4)


def test_energies_by_hidden_half() -> None:
    run = shown(seen="left")
    own, other = (np.asarray(trace(run.figures["energies"], name).y) for name in ("own", "other"))
    assert own[HALVES.index("right")] == pytest.approx(run.metrics["own_energy"], rel=1e-3)
    assert 100 * (own / other).max() == pytest.approx(run.metrics["highest_energy_over_other_percent"], rel=1e-3)


def test_one_guard_off_collapses_the_spread_and_one_does_not() -> None:
    metrics = shown().metrics
    assert metrics["spread_without_moving_average"] > 0.7 * metrics["spread_all_guards"]
    assert metrics["spread_without_predictor"] < 0.5 * metrics["spread_all_guards"]
    assert metrics["spread_without_stop_gradient"] < 0.3 * metrics["spread_all_guards"]


@pytest.mark.parametrize("seen", ["upper", "right"])
def test_figures_are_small_and_show_the_visible_half_unchanged(seen: str) -> None:
    run = shown(seen=seen)
    assert all(len(each.plot.to_json()) < 100_000 for each in run.figures.values())
    z = np.asarray(trace(run.figures["fits"], "ink in per cent, the images side by side").z)
    first, second = (z[:4, :8], z[:4, 9:17]) if seen == "upper" else (z[:8, 4:8], z[:8, 13:17])
    assert (first == second).all()
