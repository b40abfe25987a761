"""Outlines, framed groups, strips and judged sentences, by their structure."""

import re

import numpy as np
import pytest

from visualizers import theme
from visualizers.heads import shared_heads
from visualizers.marks import outline
from visualizers.matrix import GAP, heatmap
from visualizers.sentences import LONGEST, sentences
from visualizers.strips import Strip, strips

SIGNS = {"good": (theme.HELD, "circle"), "bad": (theme.FAILED, "diamond-open")}
X = np.arange(3.0)
TRIANGLE = np.tri(4, dtype=bool)
DRAWINGS = {
    "outline": outline(heatmap(TRIANGLE.astype(float), rows=list("abcd"), columns=list("abcd")), TRIANGLE),
    "groups": shared_heads(np.random.default_rng(0).random((2, 8, 5, 5)), groups=2, row_labels=["8", "2"]),
    "strips": strips(
        [Strip("above", {"one": (X, X + 1)}, log=True), Strip("below", {"one": (X, X), "two": (X[:2], X[:2])})],
        x_title="steps", marks={"here": (1.5, "left")},
    ),
    "log strips": strips([Strip("only", {"one": (X + 1, X)})], x_title="t", marks={"here": (2, "right")}, x_log=(1, 2)),
    "sentences": sentences([("Mia <b> .", "good"), ("x" * 99, "bad")], SIGNS),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_colours_come_from_the_palette_and_no_template_travels(name: str) -> None:
    known = {c for value in theme.PALETTE.values() for c in ([value] if isinstance(value, str) else value)}
    assert set(re.findall(r'"(#[0-9a-fA-F]{6})"', DRAWINGS[name].to_json())) <= known
    assert "template" not in DRAWINGS[name].to_plotly_json()["layout"]


def test_an_outline_runs_where_allowed_meets_forbidden() -> None:
    line = DRAWINGS["outline"].data[1]
    edges = {tuple(np.round([*line.x[i : i + 2], *line.y[i : i + 2]], 1)) for i in range(0, len(line.x), 3)}
    assert (0.5, 0.5, -0.5, 0.5) in edges, "right of the first cell"
    assert (0.5, 1.5, 0.5, 0.5) in edges, "above the second cell of the second row"
    assert (-0.5, -0.5, -0.5, 0.5) in edges, "the left border of the map"
    assert not any(x0 == x1 == 1.5 and max(y0, y1) > 1.5 for x0, x1, y0, y1 in edges), "none inside the triangle"


def test_every_group_has_one_frame_around_its_heads() -> None:
    frames = DRAWINGS["groups"].layout.shapes
    assert len(frames) == 2
    assert frames[1].x0 - frames[0].x0 == 4 * (5 + GAP)
    assert all(frame.y0 > 4 for frame in frames), "in the second row"
    assert frames[0].line.color != frames[1].line.color


def test_strips_share_one_x_axis() -> None:
    drawn = DRAWINGS["strips"]
    assert [trace.yaxis for trace in drawn.data] == ["y", "y2", "y2"]
    assert drawn.layout.yaxis.type == "log"
    assert drawn.layout.yaxis.domain[0] > drawn.layout.yaxis2.domain[1]
    mark = next(note for note in drawn.layout.annotations if note.text == "here")
    assert (mark.x, mark.xanchor) == (1.5, "right")


def test_a_mark_on_a_logarithmic_axis_stands_at_its_value() -> None:
    drawn = DRAWINGS["log strips"]
    mark = next(note for note in drawn.layout.annotations if note.text == "here")
    assert mark.x == pytest.approx(np.log10(2))
    assert drawn.layout.shapes[0].x0 == 2
    assert list(drawn.layout.xaxis.ticktext) == ["1", "2"]


def test_a_long_sentence_shows_its_end_and_typed_text_stays_text() -> None:
    first, second = DRAWINGS["sentences"].data[0].text
    assert "&lt;b&gt;" in first
    assert second.strip() == "… " + "x" * LONGEST
    assert list(DRAWINGS["sentences"].data[0].marker.symbol) == ["circle", "diamond-open"]
