"""Rows of words, each word in the look of its kind: what was proposed, and what became of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from visualizers.theme import INK_3, figure, plain


class Word(NamedTuple):
    """One word of a row; ``under`` stands below it in small print."""

    text: str
    kind: str
    under: str = ""


class Look(NamedTuple):
    """How words of a kind are written: their colour, and a tag of markup (“b”, “s”, “i”), so that it is not alone."""

    colour: str
    tag: str = ""


def word_rows(
    rows: Sequence[Sequence[Word]], looks: Mapping[str, Look], *, names: Sequence[str], columns: Sequence[str]
) -> go.Figure:
    """Words at the places (row, column), the first row on top. Traces: the kinds that occur."""
    traces, printed = [], any(word.under for row in rows for word in row)
    for kind, look in looks.items():
        places = [
            (row, column, word)
            for row, words in enumerate(rows)
            for column, word in enumerate(words)
            if word.kind == kind
        ]
        if not places:
            continue
        opened, closed = (f"<{look.tag}>", f"</{look.tag}>") if look.tag else ("", "")
        traces.append(
            go.Scatter(
                x=[column for _, column, _ in places],
                y=[row for row, _, _ in places],
                name=kind,
                mode="text",
                text=[
                    f"{opened}{plain(word.text)}{closed}"
                    + (f"<br><span style='font-size:10px'>{word.under}</span>" if printed else "")
                    for _, _, word in places
                ],
                textfont={"size": 13, "color": look.colour},
                hovertemplate=f"{kind}<extra></extra>",
            )
        )
    drawn = figure(traces, x_range=(-0.6, len(columns) - 0.4), y_range=(len(rows) - 0.5, -0.6), margin=(52, 8, 28, 4))
    drawn.update_xaxes(
        tickmode="array", tickvals=list(range(len(columns))), ticktext=list(columns), side="top", showline=False,
        tickfont={"color": INK_3},
    )  # fmt: skip
    return drawn.update_yaxes(tickmode="array", tickvals=list(range(len(rows))), ticktext=list(names), showgrid=False)
