"""Steps as rows, tokens as columns: what was computed when, uncovered row by row."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import INK_2, STAGE, figure, plain

WRITTEN = 5.5  # columns kept free at the right for the last words


def timeline(
    cells: np.ndarray,
    *,
    colours: Sequence[str],
    columns: Sequence[str],
    written: Sequence[str],
    written_colours: Sequence[str] | str = INK_2,
    states: Sequence[str],
    top: int = 62,
) -> go.Figure:
    """``cells`` (R, C) of small integers: 0 is empty, n is ``states[n − 1]`` in ``colours[n − 1]``.

    ``columns`` name the first columns, at the top; ``written`` stands after the last filled cell of each row. Each
    frame uncovers one row more. Traces: “states”, “written”, “cover”.
    """
    R, C = cells.shape
    span = max(len(colours) - 1, 1)
    every, rows = -(-C // 30), list(range(0, R, 4 if R > 12 else 2))
    sheet = go.Heatmap(
        z=[[int(value) or None for value in row] for row in cells],
        name="states",
        meta={"words": True},
        text=[["" if value == 0 else states[value - 1] for value in row] for row in cells],
        colorscale=[[index / span, colour] for index, colour in enumerate(colours)],
        zmin=1,
        zmax=len(colours),
        showscale=False,
        xgap=1,
        ygap=1,
        hoverongaps=False,
        hovertemplate="step %{y}, token %{x}<br>%{text}<extra></extra>",
    )
    words = go.Scatter(
        x=[int(np.flatnonzero(row)[-1]) + 0.7 for row in cells],
        y=list(range(R)),
        name="written",
        mode="text",
        text=list(map(plain, written)),
        textposition="middle right",
        textfont={"color": written_colours, "size": 12},
        hoverinfo="skip",
        cliponaxis=False,
    )
    right = C + WRITTEN
    names = list(map(plain, [*columns, *written][:C]))
    cover = go.Scatter(
        x=[-0.5, right, right, -0.5],
        y=[R] * 4,
        name="cover",
        mode="lines",
        fill="toself",
        fillcolor=STAGE,
        line={"width": 0},
        hoverinfo="skip",
    )
    drawn = figure([sheet, words, cover], margin=(28, 8, top, 8))
    drawn.update_layout(
        meta={"names": {"xaxis": names, "yaxis": [f"step {row + 1}" for row in range(R)]}},
        xaxis={
            "range": [-0.5, right],
            "side": "top",
            "tickmode": "array",
            "tickvals": list(range(0, len(columns), every)),
            "ticktext": list(map(plain, columns[::every])),
            "tickangle": -90,
            "showline": False,
        },
        yaxis={
            "range": [R - 0.4, -0.5],
            "showgrid": False,
            "tickmode": "array",
            "tickvals": rows,
            "ticktext": [str(row + 1) for row in rows],
        },
    )
    covers = [[{"y": [row + 0.5, row + 0.5, R + 1, R + 1]}] for row in range(R)]
    return stepped(drawn, [str(row + 1) for row in range(R)], covers, traces=[2])
