"""Rings, spans of time and grids of pairs, by their structure."""

import re

import numpy as np
import pytest

from visualizers import theme
from visualizers.pair_grids import pair_grids
from visualizers.ring import ring
from visualizers.spans import Span, spans

HELD = np.array([[0, 1, 2], [2, 0, 1]])
SHEETS = np.stack([2 * np.eye(6, dtype=np.uint8), np.eye(6, dtype=np.uint8)])
SPANS = [Span(0, 0, 2, "work", "a"), Span(1, 1, 3, "work", "b"), Span(1, 0, 4, "pass′", "c"), Span(0, 2, 0, "work", "")]
DRAWINGS = {
    "ring": ring(HELD, SHEETS, rounds=["1", "2"], titles=("ring", "map")),
    "spans": spans(SPANS, rows=["<i>", "b"], colours={"work": theme.ACCENT, "pass′": theme.SERIES[1]}, x_title="t"),
    "grids": pair_grids(
        {"one": np.eye(3), "two": 1 - np.eye(3)}, [(0, 1), (2, 2)], labels=list("abc"), row_title="r", column_title="c"
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_colours_come_from_the_palette_and_no_template_travels(name: str) -> None:
    known = {c for value in theme.PALETTE.values() for c in ([value] if isinstance(value, str) else value)}
    assert set(re.findall(r'"(#[0-9a-fA-F]{6})"', DRAWINGS[name].to_json())) <= known
    assert "template" not in DRAWINGS[name].to_plotly_json()["layout"]


def test_blocks_move_round_and_keep_their_colours() -> None:
    first, second = (frame._props["data"][0] for frame in DRAWINGS["ring"].frames)
    assert second["text"] == ["K2 V2", "K0 V0", "K1 V1"]
    assert second["marker"]["color"][1] == first["marker"]["color"][0]
    assert (
        DRAWINGS["ring"].frames[0]._props["data"][1]["z"].max()
        > DRAWINGS["ring"].frames[1]._props["data"][1]["z"].max()
    )


def test_spans_lie_in_their_rows_and_empty_ones_are_left_out() -> None:
    work, passing = DRAWINGS["spans"].data
    assert list(work.base) == [0, 1]
    assert list(work.x) == [2, 3]
    assert passing.y[0] > work.y[1], "a primed kind lies below"
    assert list(DRAWINGS["spans"].layout.yaxis.ticktext) == ["&lt;i&gt;", "b"]


def test_framed_pairs_stand_out_in_every_panel() -> None:
    drawn = DRAWINGS["grids"]
    corners = {(round(shape.x0 + 0.45), round(shape.y0 + 0.45)) for shape in drawn.layout.shapes}
    assert corners == {(1, 0), (2, 2), (5, 0), (6, 2)}
