"""The next token: horizontal bars over the likeliest candidates, each to be clicked."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, INK_3, MARK, clickable, compact, figure, note, plain


def next_tokens(
    p: np.ndarray, before: np.ndarray, *, names: Sequence[str], keys: Sequence[str | None], sets: str
) -> go.Figure:
    """Probabilities ``p`` (N,) as bars, written at the right; an ink line at ``before``. What is cut is named grey.

    A click on a bar sets the control ``sets`` to its key. Traces: “probability”, “before”, “names”.
    """
    rows, cut = list(range(len(p))), p == 0
    customdata = [[key] for key in keys]
    full = clickable(
        go.Bar(
            x=[1.0] * len(p), y=rows, name="to click", orientation="h", width=0.78,
            marker={"color": MARK, "opacity": 0.25},
            customdata=customdata, hoverinfo="none",
        ),
        sets,
    )  # fmt: skip
    bars = clickable(
        go.Bar(
            x=compact(p), y=rows, name="probability", orientation="h", width=0.62, marker={"color": ACCENT},
            customdata=customdata, hovertemplate="%{x:.4f}<extra></extra>",
        ),
        sets,
    )  # fmt: skip
    marks = go.Scatter(
        x=compact(before), y=rows, name="before", mode="markers", hoverinfo="skip",  # a click is the bar's
        marker={"symbol": "line-ns", "size": 14, "color": INK, "line": {"width": 2, "color": INK}},
    )  # fmt: skip
    written = [
        note(
            1,
            row,
            "cut" if gone else f"{share:.1%}",
            colour=INK_3 if gone else INK,
            xref="paper",
            xanchor="left",
            xshift=8,
        )
        for row, share, gone in zip(rows, p, cut, strict=True)
    ]
    drawn = figure([full, bars, marks], margin=(92, 56, 4, 26), barmode="overlay", annotations=written)
    drawn.update_xaxes(range=[0, 1], tickformat=".0%", tickvals=[0, 0.5, 1])
    drawn.update_yaxes(
        tickmode="array",
        tickvals=rows,
        ticktext=[f"{plain(name)} " for name in names],
        showgrid=False,
        range=[len(p) - 0.4, -0.6],
    )
    return drawn
