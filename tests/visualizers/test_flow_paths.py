"""Paths of points, in one direction and in both."""

import numpy as np

from visualizers.flow_paths import flow_paths
from visualizers.there_and_back import there_and_back

PATHS = np.random.default_rng(0).normal(size=(4, 6, 2))


def test_a_frame_per_state_and_two_traces_per_class():
    drawn = flow_paths(
        PATHS,
        np.array([0, 1, 0, 1, 1, 1]),
        classes=("in", "out"),
        places=np.eye(2),
        arrows=np.eye(2),
        names=list("abcd"),
    )
    assert [trace.name for trace in drawn.data] == ["field", "paths of in", "in", "paths of out", "out"]
    assert [frame.name for frame in drawn.frames] == list("abcd")
    assert list(drawn.frames[1]._props["data"][1]["y"]) == list(PATHS[1, [1, 3, 4, 5], 1].astype(np.float32))
    assert list(drawn.data[4].x) == list(PATHS[-1, [1, 3, 4, 5], 0].astype(np.float32))


def test_paths_that_leave_the_plane_do_not_widen_it():
    back = PATHS[::-1] * 1000
    drawn = there_and_back(PATHS, back)
    assert [trace.name for trace in drawn.data] == ["forwards", "backwards", "true starts", "recomputed starts"]
    assert drawn.layout.xaxis.range[1] < 2 * PATHS.max()
    assert list(drawn.data[3].x) == list(back[-1, :, 0].astype(np.float32))
