"""The map of similarities of first and second views."""

import numpy as np

from visualizers.view_map import QUARTERS, view_map


def test_quarters_are_parted_and_frames_stepped() -> None:
    stages = np.linspace(-1, 1, 3 * 36).reshape(3, 6, 6)
    drawn = view_map(stages, frames=["0", "1", "2"], start=2)
    assert [trace.name for trace in drawn.data] == ["values"]
    assert np.allclose(drawn.data[0].z, stages[2], atol=1e-6)
    assert (drawn.data[0].zmin, drawn.data[0].zmax) == (-1, 1)
    assert tuple(drawn.layout.xaxis.ticktext) == QUARTERS
    assert {shape.x0 for shape in drawn.layout.shapes} == {2.5, -0.5}
    assert len(drawn.frames) == 3
    assert not view_map(stages[:1], frames=["0"], start=0).frames
