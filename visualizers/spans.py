"""Who is busy with what, and when: one row a party, spans of time along it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from visualizers.theme import GRID, compact, figure, plain


class Span(NamedTuple):
    row: int
    start: float
    length: float
    kind: str
    says: str


def spans(
    every: Sequence[Span], *, rows: Sequence[str], colours: Mapping[str, str], x_title: str, end: float | None = None
) -> go.Figure:
    """One bar a span, its colour that of its kind, a trace per kind; ``says`` is told on hover.

    A kind may have a row's half to itself.
    Kinds whose name ends in a prime (′) lie in the lower half of a row, under the others.
    """
    traces = []
    for kind, colour in colours.items():
        own = [span for span in every if span.kind == kind and span.length > 0]
        low = kind.endswith("′")
        traces.append(
            go.Bar(
                base=compact([span.start for span in own]),
                x=compact([span.length for span in own]),
                y=[span.row + (0.22 if low else -0.14) for span in own],
                orientation="h",
                width=0.24 if low else 0.46,
                name=kind,
                marker={"color": colour, "line": {"width": 0}},
                text=[span.says for span in own],
                textposition="none",
                hovertemplate="%{text}<br>from %{base:.4g}, for %{x:.4g}<extra></extra>",
            )
        )
    last = end if end is not None else max(span.start + span.length for span in every)
    drawn = figure(traces, x=x_title, x_range=(0, 1.02 * last), margin=(70, 12, 6, 40), barmode="overlay")
    drawn.update_xaxes(showgrid=True, gridcolor=GRID, rangemode="tozero")
    return drawn.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=list(map(plain, rows)),
        range=[len(rows) - 0.45, -0.55],
        showgrid=False,
    )
