"""Grids on one sheet, the windows and stamps that move over them, and bumps under their sum: structure, not pixels."""

import numpy as np
import pytest

from visualizers.bump_sum import bump_sum
from visualizers.grids import Grid, grids, laid_windows, sliding_window, stamps
from visualizers.theme import LEGIBLE

IMAGE = Grid(np.arange(16.0).reshape(4, 4), (0, 0), "image")
KERNEL = Grid(np.array([[1.0, 0.0], [0.0, -2.0]]), (0, 6), "kernel", 1.5, True, written="%{z}")
OUTPUT = Grid(np.zeros((3, 3)), (6, 0), "map")


def named(figure):
    return {trace.name: trace for trace in figure.data}


def test_a_grid_stands_at_its_corner_and_an_outline_goes_around_its_cells() -> None:
    traces = named(grids({"image": IMAGE, "kernel": KERNEL}, lines={"frame": KERNEL.outline(1, 0)}))
    kernel = traces["kernel"]
    assert (kernel.x0, kernel.y0, kernel.dx) == (0.75, 6.75, 1.5)
    assert (min(traces["frame"].x), max(traces["frame"].x)) == (0, 1.5)
    assert (min(traces["frame"].y), max(traces["frame"].y)) == (7.5, 9.0)


def test_written_cells_stay_legible_and_signs_are_symmetric() -> None:
    kernel = named(grids({"kernel": KERNEL}))["kernel"]
    assert kernel.zmax == 2 * LEGIBLE
    assert kernel.zmin == -kernel.zmax


def test_a_grid_of_nothing_and_of_missing_numbers_has_a_scale() -> None:
    empty = Grid(np.full((2, 2), np.nan), (0, 0))
    assert named(grids({"empty": empty, "zero": Grid(np.zeros((2, 2)), (3, 0))}))["empty"].zmax == 1


def test_a_window_has_a_frame_per_position_with_its_products_and_sum() -> None:
    products = np.arange(36.0).reshape(3, 3, 2, 2)
    figure = sliding_window(IMAGE, KERNEL, products, OUTPUT)
    assert len(figure.frames) == 9
    last = figure.frames[-1]._props["data"]
    assert np.array_equal(last[0]["z"], products[2, 2])
    assert (min(last[1]["x"]), max(last[1]["x"])) == (2, 4)
    assert last[3]["text"] == ["sum 134"]


@pytest.mark.parametrize(
    ("corner", "stride", "ends"), [((0, 0), 1, (2, 4)), ((-1, -1), 2, (3, 5)), ((1, 0), 1, (2, 4))]
)
def test_windows_start_at_their_corner(corner, stride, ends) -> None:
    figure = laid_windows(IMAGE, OUTPUT, corner=corner, stride=stride, reach=2, label_column=3)
    xs = figure.frames[-1]._props["data"][0]["x"]
    assert (min(xs), max(xs)) == ends
    assert named(figure)["label column"].x[0] == 3


def test_stamps_are_a_stride_apart() -> None:
    figure = stamps(IMAGE, KERNEL, Grid(np.zeros((8, 8)), (6, 0)), stride=2)
    stamp = [frame._props["data"][1]["x"][0] for frame in figure.frames]
    assert stamp[:4] == [6, 8, 10, 12]


def test_bumps_are_one_trace_with_gaps_between() -> None:
    x = np.linspace(-1, 1, 5)
    parts = np.ones((5, 3))
    figure = bump_sum(x, parts, parts.sum(axis=1), np.zeros(5), (x, x), np.zeros(3))
    drawn = np.asarray(named(figure)["bumps"].y, dtype=float).reshape(3, 6)
    assert np.isnan(drawn[:, -1]).all()
    assert (drawn[:, :5] == 1).all()
    assert 0 < figure.layout.yaxis.range[1] < 3  # the sum of 3 leaves the plot, the data of 1 fills it
