"""A padded batch: real tokens coloured, pads as dots, and what is said at the right. Points in groups."""

import numpy as np

from visualizers.dots_by_group import dots_by_group
from visualizers.padded_batch import padded_batch
from visualizers.theme import ACCENT


def test_real_tokens_are_written_and_pads_are_dots():
    real = np.array([[False, True], [True, True]])
    drawn = padded_batch([["<|pad|>", "a"], ["b", "c"]], real, ["x", "y"], [True, False])
    cells = drawn.data[0]
    assert [list(row) for row in cells.text] == [["·", "a"], ["b", "c"]]
    assert (np.asarray(cells.z) > 0).tolist() == real.tolist()
    assert list(drawn.layout.yaxis.ticktext) == ["→ x ✓", "→ y ✗"]


def test_groups_are_traces_of_their_names():
    x = np.arange(3.0)
    drawn = dots_by_group({"used": (x, x), "never": (x, x + 1)}, x_title="row", y_title="length")
    assert [trace.name for trace in drawn.data] == ["used", "never"]
    assert drawn.data[0].marker.color == ACCENT
    assert drawn.data[0].marker.symbol != drawn.data[1].marker.symbol
