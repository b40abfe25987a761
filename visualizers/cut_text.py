"""Text as boxes, one a token: words that are cut one below the other, and whole texts in several cuts."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, INK, INK_2, INK_3, MARK, SEQUENTIAL, STAGE, WELL, figure, note, plain

FILLS = (MARK, SEQUENTIAL[1], WELL)
"""Colours of neighbouring tokens in turn."""
FONT = "ui-monospace, Menlo, Consolas, monospace"
ACROSS = 42
"""Letters that fit beside each other on a phone."""
ROW_PIXELS = 24


class Box(NamedTuple):
    """A token in its place: from ``left`` on, ``width`` letters, in a row."""

    left: float
    width: float
    row: float
    text: str


def letters_of(text: str) -> float:
    """How wide a label is, in letters: Chinese signs and emoji count two, marks over a letter nothing."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def _bars(boxes: Sequence[Box], name: str, fills: Sequence[str], hover: Sequence[str]) -> go.Bar:
    return go.Bar(
        base=[box.left for box in boxes],
        x=[box.width for box in boxes],
        y=[box.row for box in boxes],
        orientation="h",
        width=0.82,
        name=name,
        text=[plain(box.text) for box in boxes],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": 12, "color": INK, "family": FONT},
        marker={"color": list(fills), "line": {"color": STAGE, "width": 1.5}},
        customdata=list(hover),
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def wrapped(pieces: Sequence[str], top: float) -> list[Box]:
    """The pieces side by side from row ``top`` down; a new row where no more fit."""
    found: list[Box] = []
    left, row = 0.0, top
    for piece in pieces:
        width = max(letters_of(piece), 1) + 0.4
        if left and left + width > ACROSS:
            left, row = 0.0, row + 1
        found.append(Box(left, width, row, piece))
        left += width
    return found


class CutText(NamedTuple):
    """One text as some tokenizer cuts it: the pieces as they are shown, what hovering tells of each, and its title.

    ``words`` is the number of the word that each piece is of: pieces of one word then share a colour.
    """

    name: str
    pieces: Sequence[str]
    hover: Sequence[str]
    title: str
    words: Sequence[int] = ()


def cut_texts(cuts: Sequence[CutText]) -> tuple[go.Figure, int]:
    """The cuts one below the other, each under its title, and the pixels that they take. A trace per cut, of its name.

    The colours have no meaning: they part neighbouring tokens, or words.
    """
    traces, titles, row = [], [], 0.0
    for cut in cuts:
        boxes = wrapped(cut.pieces, row + 1)
        fills = [FILLS[number % len(FILLS)] for number in cut.words or range(len(boxes))]
        traces.append(_bars(boxes, cut.name, fills, list(map(plain, cut.hover))))
        titles.append(note(0, row + 0.12, cut.title, colour=INK_2, xanchor="left"))
        row = max((box.row for box in boxes), default=row + 1) + 1.15
    drawn = figure(
        traces, margin=(6, 6, 4, 4), barmode="overlay", annotations=titles, x_range=(-0.2, ACROSS + 0.4),
        y_range=(row - 0.4, -0.5),
    )  # fmt: skip
    drawn.update_xaxes(visible=False)
    return drawn.update_yaxes(visible=False), round(ROW_PIXELS * (row + 0.1)) + 8


def words_by_merge(
    steps: Sequence[Mapping[str, Sequence[str]]], new: Sequence[str], names: Sequence[str], counts: Mapping[str, str]
) -> go.Figure:
    """Words as rows, cut into pieces: one frame a step, each with the pieces of every word.

    ``new`` is the piece that a step made; its boxes are filled. ``counts`` gives the label of each word's row.
    Traces: “pieces”, “new piece”.
    """
    rows = {word: row for row, word in enumerate(counts)}

    def boxes(step: Mapping[str, Sequence[str]]) -> Iterator[Box]:
        for word, row in rows.items():
            left = 0.0
            for piece in step[word]:
                yield Box(left, letters_of(piece), row, piece)
                left += letters_of(piece)

    def patch(found: Sequence[Box]) -> dict[str, Any]:
        return {
            "base": [box.left for box in found],
            "x": [box.width for box in found],
            "y": [box.row for box in found],
            "text": [plain(box.text) for box in found],
        }

    patches = []
    for step, symbol in zip(steps, new, strict=True):
        found = list(boxes(step))
        patches.append([patch([box for box in found if (box.text == symbol) is made]) for made in (False, True)])
    old = _bars([], "pieces", [], [])
    old.update(marker={"color": MARK}, hovertemplate="%{text}<extra></extra>", customdata=None)
    made = _bars([], "new piece", [], [])
    made.update(marker={"color": ACCENT}, hovertemplate="%{text}<extra></extra>", customdata=None)
    made.textfont.color = STAGE
    longest = max(sum(map(letters_of, word)) for word in counts)
    drawn = figure(
        [old.update(patches[-1][0]), made.update(patches[-1][1])],
        margin=(44, 8, 4, 4),
        barmode="overlay",
        x_range=(-0.3, max(longest, 14) + 0.3),
        y_range=(len(rows) - 0.4, -0.6),
    )
    drawn.update_xaxes(visible=False)
    drawn.update_yaxes(
        tickmode="array", tickvals=list(rows.values()), ticktext=[f"{counts[word]} " for word in rows], showgrid=False,
        tickfont={"color": INK_3},
    )  # fmt: skip
    return stepped(drawn, names, patches, (0, 1))
