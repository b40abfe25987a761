"""A plane with points on it, the maps of its units, and the losses beside it."""

import numpy as np

from visualizers.plane import GAP, NOTHING, losses, surface, unit_maps

NAMES = ["0", "10"]


def test_a_surface_has_a_frame_per_step_and_takes_clicks_where_they_are() -> None:
    chances = np.stack([np.full((5, 5), 0.5), np.linspace(0, 1, 25).reshape(5, 5)])
    points, labels = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), np.array([0, 1, 1])
    drawn = surface(
        chances, np.linspace(-2, 2, 5), points=points, labels=labels, added=1, names=NAMES, start=1, sets="mine"
    )
    assert [trace.name for trace in drawn.data[1:]] == ["blue points", "orange points", "added points"]
    assert [len(trace.x) for trace in drawn.data[1:]] == [1, 1, 1]
    assert drawn.data[0].z.dtype == np.int8
    assert drawn.data[0].z[4, 4] == 100
    assert [trace.meta for trace in drawn.data[::3]] == [{"sets": ["mine"], "where": True}] * 2
    assert [frame.name for frame in drawn.frames] == NAMES


def test_a_surface_that_is_no_number_has_gaps() -> None:
    chances = np.full((1, 3, 3), np.nan)
    none = np.empty((0, 2))
    drawn = surface(chances, np.arange(3), points=none, labels=np.empty(0), added=0, names=["0"], start=0, sets="mine")
    assert np.isnan(drawn.data[0].z).all()


def test_unit_maps_stand_in_rows_of_eight_with_the_page_between_them() -> None:
    maps = [np.ones((2, 16, 3, 3)), -np.ones((2, 16, 3, 3))]
    sheet = unit_maps(maps, names=NAMES, start=0).data[0].z
    assert sheet.shape == (4 * (3 + GAP) - GAP + 1, 8 * (3 + GAP) - GAP)
    assert sheet[0, 0] == 100
    assert sheet[-1, -1] == -100
    assert (sheet[:, 3] == NOTHING).all()
    assert unit_maps([maps[0][:, :2]], names=NAMES, start=0).data[0].z.shape == (3, 7)


def test_losses_far_above_guessing_are_cut_off() -> None:
    drawn = losses(
        np.array([9.0, 0.5, np.nan]), np.array([0.7, 0.6]), np.array([0, 3]), guessing=0.7, last=3, names=NAMES
    )
    assert drawn.layout.yaxis.range[1] == 1.08 * 3 * 0.7
    assert [trace.name for trace in drawn.data] == ["training", "held out", "step shown"]
    assert [frame._props["data"][0]["x"] for frame in drawn.frames] == [[0, 0], [3, 3]]
