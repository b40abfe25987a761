"""Horizontal bars, one per name, each with a vertical mark to compare it with."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, GRID, INK, INK_2, MARK, clickable, compact, figure, note, plain

ROOM = 1.5  # of the axis left free on both sides, as a factor


def ranking(
    values: np.ndarray,
    markers: np.ndarray,
    *,
    labels: Sequence[str],
    written: Sequence[str],
    keys: Sequence[str],
    x_title: str,
    marker_name: str,
    picked: int | None = None,
    sets: str | None = None,
    left: int = 140,
) -> go.Figure:
    """Bars to ``values`` on a logarithmic axis, ``written`` in a column at the right, an ink line at ``markers``.

    The ``picked`` bar is strong. ``sets`` names the control that a click sets to the row's ``keys``.

    Traces: “values”, ``marker_name``.
    """
    both = np.concatenate([values, markers])
    ends = [np.log10(both.min() / ROOM), np.log10(both.max() * ROOM)]
    rows = list(range(len(values)))
    bars = go.Bar(
        x=compact(values),
        y=rows,
        name="values",
        orientation="h",
        width=0.56,
        marker={"color": [ACCENT if row == picked else MARK for row in rows], "line": {"width": 0}},
        customdata=[[key] for key in keys],
        text=list(written),
        textposition="none",
        hovertemplate="%{customdata[0]}<br>%{text}<extra></extra>",
    )
    lines = go.Scatter(
        x=compact(markers),
        y=rows,
        name=marker_name,
        mode="markers",
        customdata=[[key] for key in keys],
        marker={"symbol": "line-ns", "size": 15, "line": {"color": INK, "width": 2}},
        hovertemplate=f"%{{customdata[0]}}<br>{marker_name} %{{x:.4g}}<extra></extra>",
    )
    if sets is not None:
        clickable(bars, sets)
        clickable(lines, sets)
    column = [
        note(1, row, text, xref="paper", xanchor="left", xshift=8, colour=INK if row == picked else INK_2)
        for row, text in zip(rows, written)
    ]
    drawn = figure([bars, lines], x=x_title, margin=(left, 68, 6, 40), annotations=column)
    drawn.update_layout(
        xaxis={"type": "log", "range": ends, "dtick": 1, "showgrid": True, "gridcolor": GRID, "tickformat": "~r"},
        yaxis={
            "tickmode": "array",
            "tickvals": rows,
            "ticktext": [f"{plain(label)} " for label in labels],
            "showgrid": False,
            "range": [len(rows) - 0.4, -0.6],
        },
    )
    return drawn
