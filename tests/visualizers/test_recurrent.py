"""What a cell reads, how far a loss reaches and how a matrix fills: structure, frames and names of the drawings."""

import itertools

import numpy as np

from visualizers.filling_matrix import filling_matrix
from visualizers.reach import reach
from visualizers.read_text import Cells, Lines, height_of, read_text

TOKENS = list("a(b)")


def test_charts_stand_one_above_the_other_over_the_same_characters():
    charts = [
        Lines("depth", {"true": np.array([0, 1, 1, 0.0]), "probe": np.array([0, 0.9, 1, np.nan])}),
        Cells("gates", np.full((2, 4), 0.5), ["one", "two"]),
        Cells("states", np.full((3, 4), -0.5), signed=True),
    ]
    drawn = read_text(TOKENS, charts, marks=[1])
    assert [trace.name for trace in drawn.data] == ["true", "probe", "gates", "states"]
    assert list(drawn.layout.xaxis.ticktext) == TOKENS
    domains = [drawn.layout[axis].domain for axis in ("yaxis", "yaxis2", "yaxis3")]
    assert all(upper[0] > lower[1] for upper, lower in itertools.pairwise(domains))
    assert domains[0][1] == 1
    assert abs(domains[-1][0]) < 1e-9
    assert list(drawn.layout.yaxis2.ticktext) == ["one", "two"]
    assert (drawn.data[2].zmin, drawn.data[3].zmin) == (0, -1)
    assert len(drawn.layout.shapes) == 1
    assert height_of(charts) > 250


def test_typed_characters_are_no_markup():
    drawn = read_text(["<", "&"], [Cells("x", np.zeros((1, 2)))])
    assert list(drawn.layout.xaxis.ticktext) == ["&lt;", "&amp;"]


def test_bars_of_a_cut_gradient_are_zero_and_frames_follow_training():
    steps, used, whole = np.arange(-3, 1), np.array([[0, 0, 1, 2.0]] * 2), np.array([[1, 1, 1, 2.0]] * 2)
    drawn = reach(steps, used, whole, marks={"cue": -3}, frames=["0", "10"])
    assert [trace.name for trace in drawn.data] == ["gradient that is used", "whole gradient"]
    assert len(drawn.frames) == 2
    assert len(reach(steps, used[:1], whole[:1], marks={}, frames=["0"]).frames) == 0


def test_a_matrix_fills_on_one_scale():
    stages = np.stack([np.eye(3), 3 * np.eye(3)])
    drawn = filling_matrix(stages, ["a1", "b2"])
    assert (drawn.data[0].zmin, drawn.data[0].zmax) == (-3, 3)
    assert [frame.name for frame in drawn.frames] == ["a1", "b2"]
