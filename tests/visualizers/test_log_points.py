"""Points on logarithmic axes: none is lost, however small."""

import numpy as np

from visualizers.log_points import log_points


def test_what_is_below_the_floor_is_drawn_there():
    drawn = log_points(np.array([0.0, 1e-3, 1.0]), np.array([0.5, 0.0, 0.2]), x_title="weight", y_title="effect")
    points = drawn.data[0]
    np.testing.assert_allclose(points.x, [1e-6, 1e-3, 1.0], rtol=1e-6)
    np.testing.assert_allclose(points.y, [0.5, 1e-6, 0.2], rtol=1e-6)
    assert drawn.layout.xaxis.type == drawn.layout.yaxis.type == "log"
