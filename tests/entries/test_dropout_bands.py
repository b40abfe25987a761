"""What the page of MC dropout says beyond its claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of

shown = runs_of("mc-dropout")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def test_the_exact_band_shrinks_by_about_the_root_of_the_points() -> None:
    assert 5 < shown().metrics["exact_band_shrinks"] < 14  # √64 = 8 for fixed features; these are not
    exact = np.asarray(traces("sizes")["exact last layer"].y)
    assert (np.diff(exact) < 0).all()


def test_the_band_follows_p() -> None:
    assert shown(p=0.02).metrics["band_of_80_points"] < shown().metrics["band_of_80_points"]
    assert shown().metrics["band_of_80_points"] < shown(p=0.3).metrics["band_of_80_points"]


def test_four_times_the_passes_halve_what_chance_leaves() -> None:
    few, more = (shown(passes=T).metrics["chance_left_in_band_percent"] for T in (50, 200))
    assert few / more == pytest.approx(2, rel=0.35)


def test_passes_from_the_exact_last_layer_have_the_exact_band() -> None:
    drawn = traces("width", masking="exact last layer")
    ratio = np.asarray(drawn["passes"].y) / np.asarray(drawn["exact last layer"].y)
    assert ratio.mean() == pytest.approx(1, abs=0.06)
    assert shown(masking="exact last layer").metrics["band_over_exact_at_1280"] == pytest.approx(1, abs=0.06)


def test_evaluation_mode_is_one_curve() -> None:
    run = shown(masking="none (evaluation mode)")
    assert run.metrics["band_over_exact_at_1280"] == 0
    assert run.metrics["error_of_mean_curve"] > 0.01
    assert np.ptp(np.asarray(traces("width", masking="none (evaluation mode)")["passes"].y)) == 0


def test_what_is_shown_follows_the_size() -> None:
    assert len(traces("band", points=20)["points"].x) == 20
    assert shown(points=20).metrics["band_over_exact"] < shown(points=1280).metrics["band_over_exact"]


def test_every_figure_is_small() -> None:
    run = shown(points=1280, passes=800, p=0.5)
    assert all(np.isfinite(value) for value in run.metrics.values())
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
