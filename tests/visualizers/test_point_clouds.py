"""Two groups of points in several planes."""

import numpy as np
import pytest

from visualizers.point_clouds import point_clouds


def test_each_group_of_each_plane_is_a_trace_and_the_picked_plane_is_strong() -> None:
    points = np.arange(6.0).reshape(3, 2)
    drawn = point_clouds(
        [{"a": points, "b": points[:1]}, {"a": points + 1, "b": points[:0]}], titles=["one", "two"], x_title="x",
        picked=1,
    )  # fmt: skip
    assert [trace.name for trace in drawn.data] == ["a, one", "b, one", "a, two", "b, two"]
    np.testing.assert_array_equal(drawn.data[2].x, [1, 3, 5])
    assert drawn.data[2].marker.opacity > drawn.data[0].marker.opacity
    assert [shape.xref for shape in drawn.layout.shapes] == ["x", "x2"]
    assert drawn.layout.xaxis2.domain[0] == pytest.approx(0.52)
