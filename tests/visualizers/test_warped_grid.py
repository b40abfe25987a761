"""Structure of warped grids and of density maps."""

import numpy as np

from visualizers.density_maps import density_maps
from visualizers.sample_clouds import sample_clouds
from visualizers.warped_grid import before_and_after, through_layers

EDGE = (-1.0, 1.0)


def test_before_and_after_have_the_same_traces_and_their_own_ranges() -> None:
    lines, points, square = np.zeros((3, 4, 2)), np.ones((5, 2)), np.eye(4)[:, :2]
    drawn = before_and_after(
        (lines, 2 * lines), (points, 2 * points), (square, 3 * square),
        ranges=((EDGE, EDGE), ((-3.0, 3.0), EDGE)), titles=("a", "b"),
    )  # fmt: skip
    assert [trace.name for trace in drawn.data] == [
        "points", "grid", "square", "points, mapped", "grid, mapped", "square, mapped",
    ]  # fmt: skip
    assert np.isnan(drawn.data[1].x).sum() == 3
    assert len(drawn.data[2].x) == 5  # the outline closes
    assert tuple(drawn.layout.xaxis2.range) == (-3.0, 3.0)


def test_layers_are_frames_and_the_last_one_is_shown() -> None:
    lines, points = np.zeros((3, 2, 4, 2)), np.arange(30.0).reshape(3, 5, 2)
    drawn = through_layers(
        lines, {"samples": points}, ranges=(EDGE, EDGE), frames=["0", "1", "2"], ground=np.eye(4), sets="own"
    )
    assert [trace.name for trace in drawn.data] == ["true density", "grid", "samples"]
    assert drawn.data[0].meta == {"sets": ["own"], "where": True}
    assert (drawn.data[0].x[0], drawn.data[0].z[0][0], drawn.data[0].z[0][1]) == (EDGE[0], 100, 0)
    assert list(drawn.data[2].x) == list(points[-1, :, 0])
    assert [frame.name for frame in drawn.frames] == ["0", "1", "2"]
    assert list(drawn.frames[0]._props["data"][1]["y"]) == list(points[0, :, 1])


def test_cells_stand_at_their_middles() -> None:
    drawn = density_maps({"a": np.ones((2, 4))}, ((0.0, 4.0), (0.0, 1.0)), highest=1.0, unit="per cell")
    assert list(drawn.data[0].x) == [0.5, 1.5, 2.5, 3.5]
    assert list(drawn.data[0].y) == [0.25, 0.75]


def test_samples_lie_over_the_same_data_in_every_plane() -> None:
    drawn = sample_clouds(np.zeros((4, 2)), {"a": np.ones((3, 2)), "b": np.ones((5, 2))}, low=-1, high=2)
    assert [trace.name for trace in drawn.data] == ["data, a", "a", "data, b", "b"]
    assert len(drawn.data[3].x) == 5
    assert tuple(drawn.layout.yaxis2.range) == (-1, 2)
