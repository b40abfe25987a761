"""What unfolds step by step and tile by tile, by its structure."""

import re

import numpy as np
import pytest

from visualizers import theme
from visualizers.recurrence import recurrence
from visualizers.tiling import VISITED, Moment, tiling

N = 4
Z = np.array([0.5, -1.0, 2.0, 1.0])
DRAWINGS = {
    "recurrence": recurrence(
        ["<b>", "x", "y", "z"], ("came", Z), np.maximum.accumulate(Z), {"sum": Z + 2}, ("shares", np.eye(N), Z)
    ),
    "tiling": tiling(
        [
            Moment(slice(0, 2), slice(0, 2), np.eye(2), np.array([1, 2, np.nan, np.nan]), Z, np.eye(4)),
            Moment(slice(2, 4), slice(0, 2), np.eye(2), Z, Z, -np.eye(4)),
        ],
        tokens=["<b>", "x", "y", "z"],
        titles=("map", "m", "d", "o"),
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_colours_come_from_the_palette_and_no_template_travels(name: str) -> None:
    known = {c for value in theme.PALETTE.values() for c in ([value] if isinstance(value, str) else value)}
    assert set(re.findall(r'"(#[0-9a-fA-F]{6})"', DRAWINGS[name].to_json())) <= known
    assert "template" not in DRAWINGS[name].to_plotly_json()["layout"]


def test_a_recurrence_comes_as_far_as_its_step() -> None:
    drawn = DRAWINGS["recurrence"]
    assert drawn.layout.xaxis.ticktext[0] == "&lt;b&gt;"
    third = drawn.frames[2]._props
    assert [len(patch["x"]) for patch in third["data"]] == [3, 1, 3, 3, 3]
    assert list(third["data"][2]["y"]) == [0.5, 0.5, 2.0], "the largest so far"
    assert all(drawn.data[trace].type in ("bar", "scatter") for trace in third["traces"])


def test_only_the_tile_at_work_has_values() -> None:
    drawn = DRAWINGS["tiling"]
    assert drawn.layout.yaxis.ticktext[0] == "&lt;b&gt;"
    sheet, frame, *_ = drawn.frames[1]._props["data"]
    assert (sheet["z"][:2, :2] == VISITED).all(), "thrown away"
    assert (sheet["z"][2:, :2] > VISITED).all(), "at work"
    assert not sheet["z"][:, 2:].any(), "not made yet"
    assert (min(frame["y"]), max(frame["y"])) == (1.5, 3.5)
