"""What plots are made of besides their numbers: frames around cells, lines to compare with, borders, labelled gaps."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import AXIS, INK, INK_2, INK_3, note

MOST_LABELS = 6
"""So many gaps are labelled one by one; more of them get one label in their middle."""


def box(left: float, right: float, top: float, bottom: float) -> dict[str, list[float]]:
    """The closed path around a rectangle, as x and y of a line."""
    return {"x": [left, right, right, left, left], "y": [top, top, bottom, bottom, top]}


def cell_frame(
    rows: tuple[float, float], columns: tuple[float, float], *, colour: str = INK, width: float = 2, **place: Any
) -> dict[str, Any]:
    """A shape around the cells from the first to the last of ``rows`` and of ``columns``."""
    ends = {"x0": columns[0] - 0.5, "x1": columns[1] + 0.5, "y0": rows[0] - 0.5, "y1": rows[1] + 0.5}
    return {"type": "rect", **ends, "line": {"color": colour, "width": width}} | place


def column_frame(column: int, **place: Any) -> dict[str, Any]:
    """A shape around one column of cells, as high as the figure."""
    frame = cell_frame((0, 0), (column, column), width=1.5)
    return frame | {"yref": "paper", "y0": 0, "y1": 1} | place


def reference_line(
    *, x: float | None = None, y: float | None = None, colour: str = INK_3, dash: str = "dot", width: float = 1,
    **place: Any,
) -> dict[str, Any]:  # fmt: skip
    """A vertical line at ``x`` or a horizontal one at ``y``, through the whole figure or between ends in ``place``."""
    if x is not None:
        ends: dict[str, Any] = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"}
    else:
        ends = {"x0": 0, "x1": 1, "y0": y, "y1": y, "xref": "paper"}
    return {"type": "line", **ends, "line": {"color": colour, "width": width, "dash": dash}} | place


def diagonal(low: float, high: float, name: str) -> go.Scatter:
    """The line on which both coordinates are equal."""
    return go.Scatter(
        x=[low, high], y=[low, high], name=name, mode="lines", line={"color": AXIS, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )  # fmt: skip


def outline(drawn: go.Figure, allowed: np.ndarray) -> go.Figure:
    """A line over a heatmap wherever an allowed cell of ``allowed`` (R, C) meets a forbidden one, or the edge.

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
    return drawn.add_scatter(
        x=xs, y=ys, name="mask outline", mode="lines", line={"color": INK_3, "width": 1}, hoverinfo="skip"
    )


def hover_squares(
    x: Sequence[float], y: Sequence[float], texts: Sequence[str], name: str, *, size: float
) -> go.Scatter:
    """Squares that are not seen, each with a text on hover: over tiles and images that are cells of one heatmap."""
    return go.Scatter(
        x=x, y=y, name=name, mode="markers", marker={"symbol": "square", "size": size, "opacity": 0}, text=texts,
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def left_empty(trace: Any) -> Any:
    """``trace`` with gaps on purpose, where there is nothing to draw: the page does not call them “not a number”."""
    trace.meta = (trace.meta or {}) | {"gaps": True}
    return trace


def label_not_a_number(drawn: go.Figure, values: np.ndarray) -> go.Figure:
    """Write “not a number” over the cells of a heatmap of ``values`` (R, C) that are none.

    One label per row that has such cells; if these are many, one in their middle. A map without any number is labelled
    by the page, as every empty figure is.
    """
    missing = ~np.isfinite(values)
    rows = [(float(row), float(np.flatnonzero(cells).mean())) for row, cells in enumerate(missing) if cells.any()]
    if missing.all():
        return drawn
    if len(rows) > MOST_LABELS:
        rows = [(float(np.mean([row for row, _ in rows])), float(np.mean([column for _, column in rows])))]
    for row, column in rows:
        drawn.add_annotation(**note(column, row, "not a number", colour=INK_2))
    return drawn
