"""The border of what a mask allows, drawn over a heatmap of the same cells."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import INK_3


def outline(drawn: go.Figure, allowed: np.ndarray) -> go.Figure:
    """A line wherever an allowed cell of ``allowed`` (R, C) meets a forbidden one, or the edge of the map.

    Trace: “mask outline”.
    """
    padded = np.pad(allowed.astype(bool), 1)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row, column in np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1]):  # between column − 1 and column
        xs += [column - 0.5, column - 0.5, None]
        ys += [row - 0.5, row + 0.5, None]
    for row, column in np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1]):  # between row − 1 and row
        xs += [column - 0.5, column + 0.5, None]
        ys += [row - 0.5, row - 0.5, None]
    line = go.Scatter(
        x=xs, y=ys, name="mask outline", mode="lines", line={"color": INK_3, "width": 1}, hoverinfo="skip"
    )
    return drawn.add_trace(line)
