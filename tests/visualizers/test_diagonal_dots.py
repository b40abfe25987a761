"""Predictions against the truth: names and places."""

import numpy as np

from visualizers.diagonal_dots import diagonal_dots


def test_dots_stand_over_the_true_values():
    true = np.array([-1.0, 2.0])
    drawn = diagonal_dots(
        true, {"best": true / 2, "learned": np.array([0.0, np.inf])}, x_title="true", y_title="predicted", reach=3
    )
    traces = {trace.name: trace for trace in drawn.data}
    assert list(traces) == ["equal", "best", "learned"]
    assert list(traces["best"].x) == [-1, 2]
    assert list(traces["best"].y) == [-0.5, 1]
    assert np.isnan(traces["learned"].y[1])
    assert list(drawn.layout.yaxis.range) == [-3, 3]
