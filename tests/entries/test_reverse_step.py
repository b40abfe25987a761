"""What the page of the reverse process says beyond its claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of

shown = runs_of("diffusion-reverse-process")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def humps(density: np.ndarray) -> int:
    inner = density[1:-1]
    return int(((inner > density[:-2]) & (inner >= density[2:]) & (inner > 1e-3)).sum())


def test_a_small_step_has_one_hump_and_the_whole_way_two() -> None:
    drawn = traces("steps")
    assert humps(np.asarray(drawn["true, to 19"].y)) == 1
    assert humps(np.asarray(drawn["true, to 0"].y)) == 2
    assert humps(np.asarray(drawn["Gaussian, to 0"].y)) == 1
    metrics = shown().metrics
    assert metrics["distance_of_one_step"] < 0.05 < metrics["distance_of_the_whole_way"]


def test_steps_of_equal_size_keep_their_own_names() -> None:
    drawn = traces("steps", at=2)
    assert len(drawn) == 6


def test_more_steps_bring_both_spreads_to_the_datas() -> None:
    drawn = traces("spread")
    smaller, larger = np.asarray(drawn["with β̃"].y), np.asarray(drawn["with β"].y)
    assert smaller[0] < 0.7 < smaller[-1] < 1.15
    assert (larger > smaller).all()
    assert abs(larger[-1] - 1) < abs(larger[0] - 1)
    assert smaller[2] == pytest.approx(shown().metrics["spread_over_true"], rel=1e-5)


def test_without_new_noise_the_samples_of_a_mode_are_one_point() -> None:
    result = shown(variance="none: noise left out")
    assert result.metrics["spread_over_true"] == result.metrics["spread_without_noise"] < 0.05
    drawn = np.asarray(traces("spread")["without noise"].y)
    assert (drawn[1:] < 0.05).all()


def test_the_learned_mean_follows_the_exact_one() -> None:
    drawn = traces("mean")
    exact, learned = np.asarray(drawn["exact"].y), np.asarray(drawn["learned"].y)
    assert np.abs(exact - learned)[150:-150].max() < 0.6
    assert exact[0] < -1 < 1 < exact[-1]


def test_modes_that_overlap_leave_nothing_decided_and_the_page_finite() -> None:
    result = shown(apart=0.8)
    assert np.isnan(result.metrics["error_share_undecided_percent"])
    assert result.metrics["spread_over_true"] > 0.5
    assert "nan" not in result.figures["mean"].text


def test_a_network_that_does_not_know_the_step_errs_within_the_modes_too() -> None:
    known, shuffled = (shown(**change).metrics for change in ({}, {"clock": "shuffled within the batch"}))
    assert known["error_where_decided"] < 0.02
    assert shuffled["error_where_decided"] > 0.05
    undecided = shuffled["error_undecided_over_decided"] * shuffled["error_where_decided"]
    assert undecided == pytest.approx(0.083, abs=0.02)
