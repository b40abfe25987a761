"""What the page on joint-embedding predictive architectures says beyond its claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of

shown = runs_of("jepa")


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_the_lowest_loss_belongs_to_the_training_that_collapsed() -> None:
    guarded, collapsed = shown().metrics, shown(method="gradient through the target").metrics
    assert collapsed["loss"] < 0.2 * guarded["loss"]
    assert collapsed["matched_percent"] < guarded["matched_percent"] - 20
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
    assert 100 * trace(course, "own half fits better").y[-1] == pytest.approx(run.metrics["matched_percent"], abs=0.01)
    assert trace(course, "spread of the targets").y[0] == pytest.approx(run.metrics["spread_at_start"], abs=1e-5)


def test_bars_of_energies_hold_nearly_all_digits() -> None:
    for name in ("own half", "another digit’s"):
        assert np.asarray(trace(shown().figures["energies"], name).y).sum() > 90


@pytest.mark.parametrize("seen", ["upper", "lower"])
def test_figures_are_small_and_show_the_visible_half_unchanged(seen: str) -> None:
    run = shown(seen=seen)
    assert all(len(each.plot.to_json()) < 100_000 for each in run.figures.values())
    z = np.asarray(trace(run.figures["fits"], "ink in per cent, the images side by side").z)
    rows = slice(0, 4) if seen == "upper" else slice(4, 8)
    first, second = z[rows, :8], z[rows, 9:17]
    assert (first == second).all()
