"""Clouds of estimates round the true gradient."""

import numpy as np

from visualizers.gradient_clouds import gradient_clouds


def test_each_estimator_has_its_cloud_and_the_same_arrow() -> None:
    clouds = {"one": np.array([[1.0, 2.0], [3.0, 4.0]]), "other": np.array([[-10.0, 0.0]])}
    drawn = gradient_clouds(clouds, np.array([2.0, 3.0]))
    by_name = {trace.name: trace for trace in drawn.data}
    assert list(by_name) == ["one", "true gradient, one", "other", "true gradient, other"]
    assert list(by_name["one"].y) == [2, 4]
    assert list(by_name["true gradient, other"].x) == [0, 2]
    assert drawn.layout.xaxis.range == drawn.layout.xaxis2.range
    assert drawn.layout.xaxis.range[1] > 9
