"""Points drawn as labels."""

import numpy as np

from visualizers.labelled_points import labelled_points


def test_each_label_is_a_trace_and_your_own_point_a_cross() -> None:
    points = np.arange(8.0).reshape(4, 2)
    drawn = labelled_points(points, ["7", "5", "7", "<b>"], marked=np.array([1.5, 2.5]), mark="yours")
    assert [trace.name for trace in drawn.data] == ["5", "7", "&lt;b&gt;", "yours"]
    np.testing.assert_array_equal(drawn.data[1].x, [0, 4])
    assert (drawn.data[-1].x[0], drawn.data[-1].y[0]) == (1.5, 2.5)
