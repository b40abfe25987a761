"""Frames around single columns of a heatmap, moved from frame to frame."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import box
from visualizers.stepped import stepped


def column_markers(
    drawn: go.Figure, columns: np.ndarray, *, colours: Sequence[str], frames: Sequence[str], start: int = 0
) -> go.Figure:
    """Frame the columns (F, N) of the heatmap in ``drawn``, the N of a frame each in its own colour.

    Traces: “column marker 1” … “column marker N”.
    """
    height = len(drawn.data[0].z)
    first = len(drawn.data)
    for number, (column, colour) in enumerate(zip(columns[start].tolist(), colours), start=1):
        drawn.add_scatter(
            **box(column - 0.5, column + 0.5, -0.5, height - 0.5),
            name=f"column marker {number}",
            mode="lines",
            line={"color": colour, "width": 2},
            hoverinfo="skip",
            cliponaxis=False,
        )
    boxes = [
        [{"x": box(column - 0.5, column + 0.5, -0.5, height - 0.5)["x"]} for column in row] for row in columns.tolist()
    ]
    stepped(drawn, frames, boxes, traces=range(first, first + columns.shape[1]))
    return drawn
