"""Lines that part classes, regions, squares on errors, bells, sums, and bars beside the truth: their structure."""

import numpy as np
import pytest

from visualizers.bells import fitted_bells
from visualizers.class_map import STEPS_OF_COLOUR, ends_of, moving_line, regions
from visualizers.residuals import residual_squares
from visualizers.sums import distributions_and_sum
from visualizers.truth_bars import truth_bars


@pytest.mark.parametrize("w", [(1.0, 2.0, 0.5), (0.0, 1.0, -1.0), (2.0, 0.0, 1.0), (1.0, -1.0, 0.0)])
def test_both_ends_of_a_line_lie_on_it_and_on_the_edge(w):
    ends = ends_of(np.array(w), 3.0)
    np.testing.assert_allclose(ends @ np.array(w[:2]) + w[2], 0, atol=1e-9)
    np.testing.assert_allclose(np.abs(ends).max(axis=1), 3)
    assert not np.allclose(*ends)


def test_a_line_outside_the_plane_and_no_line_are_gaps():
    assert np.isnan(ends_of(np.array([1.0, 0.0, -9.0]), 3.0)).all()
    assert np.isnan(ends_of(np.zeros(3), 3.0)).all()


def test_a_moving_line_has_a_frame_for_each_move_and_rings_the_point():
    points = {"−1": np.array([[-1.0, 0.0]]), "+1": np.array([[1.0, 0.0]])}
    lines, missed = np.array([[0, 0, 0], [1.0, 0, 0.2]]), np.array([[np.nan, np.nan], [1.0, 0.0]])
    drawn = moving_line(points, lines, missed, frames=["0", "1"], start=1, reach=3.0)
    assert [trace.name for trace in drawn.data][2:] == [
        "all lines so far", "line before", "line", "side answered +1", "mistake",
    ]  # fmt: skip
    assert [frame.name for frame in drawn.frames] == ["0", "1"]
    np.testing.assert_allclose(drawn.data[4].x, [-0.2, -0.2], rtol=1e-6)
    arrow = np.asarray(drawn.data[5].x)
    assert arrow[1] > arrow[0], "+1 is at the right"
    assert (drawn.data[6].x[0], drawn.data[6].y[0]) == (1.0, 0.0)


def test_a_region_is_its_class_and_the_shade_its_probability():
    points = {name: np.zeros((1, 2)) for name in "abc"}
    drawn = regions(
        points, np.array([[0, 1], [2, 2]]), np.array([[0.0, 1.0], [0.0, 1.0]]), x=np.arange(2), y=np.arange(2)
    )
    cells = np.asarray(drawn.data[0].z)
    assert cells.tolist() == [
        [0, 2 * STEPS_OF_COLOUR - 1], [2 * STEPS_OF_COLOUR, 3 * STEPS_OF_COLOUR - 1],
    ]  # fmt: skip
    assert len(drawn.data) == 4


def test_squares_have_sides_of_the_errors_in_every_frame():
    x, y = np.array([-1.0, 1.0]), np.array([0.0, 2.0])
    lines = np.array([[0.0, 0.0], [1.0, 1.0]])
    drawn = residual_squares(x, y, lines, frames=["0", "1"], start=1, window=(-2, 2, -2, 3), truth=(1, 1))
    first = np.asarray(drawn.frames[0]._props["data"][0]["y"], dtype=float).reshape(2, 6)
    assert np.nanmax(first, axis=1).tolist() == [0, 2]
    last = np.asarray(drawn.data[0].y, dtype=float).reshape(2, 6)
    np.testing.assert_allclose(np.nanmax(last, axis=1) - np.nanmin(last, axis=1), [0, 0], atol=1e-6)


def test_bells_are_one_trace_for_each_way_and_parted_by_gaps():
    x = np.linspace(-1, 1, 5)
    bells = {"one": np.ones((2, 3, 5)), "other": np.zeros((2, 3, 5))}
    drawn = fitted_bells(x, np.ones(5), bells, frames=["0", "9"], start=1, highest=2.0)
    assert [trace.name for trace in drawn.data] == ["target", "one", "other"]
    assert np.isnan(np.asarray(drawn.data[1].y, dtype=float)).sum() == 3
    assert len(drawn.frames) == 2


def test_an_infinite_part_is_missing_and_named():
    halves = {"p": np.array([0.5, 0.5]), "q": np.array([1.0, 0.0])}
    drawn = distributions_and_sum(halves, "AB", {"H": 0.7, "KL": np.inf}, "sum")
    parts = {trace.name: trace for trace in drawn.data}
    assert parts["H"].y[0] == pytest.approx(0.7)
    assert np.isnan(parts["KL"].y[0])
    assert parts["sum"].text[0] == "∞"
    finite = distributions_and_sum(halves, "AB", {"H": 0.7, "KL": 0.3}, "sum")
    assert [trace.base for trace in finite.data[2:]] == [(0.0,), (0.7,), (0.0,)] or [
        list(trace.base) for trace in finite.data[2:]
    ] == [[0.0], [0.7], [0.0]]


def test_the_truth_is_a_line_over_each_bar_and_a_missing_bar_a_gap():
    drawn = truth_bars({"model": np.array([np.nan, 0.5])}, labels=["<b>", "y"], truth=np.array([0.2, 0.52]))
    assert [trace.name for trace in drawn.data] == ["model", "truth"]
    assert np.asarray(drawn.data[1].y)[[0, 3]].tolist() == pytest.approx([0.2, 0.52])
    assert [note.text for note in drawn.layout.annotations] == ["0.50"]
    assert drawn.layout.annotations[0].y == pytest.approx(0.52), "the number stands clear of the line"
    assert drawn.layout.xaxis.ticktext[0] == "&lt;b&gt;"
    assert drawn.data[0].meta == {"gaps": True}
