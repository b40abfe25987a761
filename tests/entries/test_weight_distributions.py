"""What the page of the Bayesian neural network says beyond its claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of

shown = runs_of("bayesian-neural-network")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def test_the_exact_band_is_wide_where_there_are_no_points_and_the_learned_one_is_not() -> None:
    metrics = shown().metrics
    assert metrics["exact_band_between"] > 5 * metrics["exact_band_inside"]
    assert metrics["band_between"] < metrics["band_inside"]
    widths = traces("width")
    middle = np.argmin(np.abs(np.asarray(widths["learned weights"].x)))
    assert widths["exact posterior"].y[middle] > 3 * widths["learned weights"].y[middle]


def test_with_tanh_the_learned_band_opens_between_the_points() -> None:
    metrics = shown(activation="tanh").metrics
    assert metrics["between_over_inside"] > 1.3
    assert metrics["outside_over_inside"] < 1.5


def test_the_whole_divergence_in_every_minibatch_costs_fit_and_width() -> None:
    right, wrong = shown().metrics, shown(divergence="whole in every minibatch").metrics
    assert wrong["band_inside"] > 1.4 * right["band_inside"]
    assert wrong["error_inside"] > 1.4 * right["error_inside"]
    once = shown(divergence="whole in every minibatch", batch=40).metrics
    assert once["band_inside"] == pytest.approx(right["band_inside"], rel=0.15)  # one minibatch: nothing to share


def test_edges_of_the_band_are_two_deviations_from_the_mean() -> None:
    drawn = traces("band")
    half = np.asarray(drawn["exact posterior, upper edge"].y) - np.asarray(drawn["exact posterior"].y)
    assert half / 2 == pytest.approx(np.asarray(traces("width")["exact posterior"].y), abs=1e-4)
    assert len(drawn["points"].x) == 40


def test_one_weight_is_narrow_when_learned_alone_and_wide_in_the_posterior() -> None:
    drawn = traces("weight")
    wide = {name: np.trapezoid(trace.y, trace.x) for name, trace in drawn.items()}
    assert max(drawn["learned weights"].y) == max(drawn["exact posterior"].y) == 1
    assert wide["exact posterior"] > 5 * wide["learned weights"]


@pytest.mark.parametrize("change", [{"steps": 200, "learning_rate": 0.1}, {"activation": "leaky relu", "batch": 40}])
def test_extremes_are_finite(change: dict) -> None:
    run = shown(**change)
    assert all(np.isfinite(value) for value in run.metrics.values())
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
