"""What two players do in the plane: one colours it, the other’s points move through the colours."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, DIVERGING, INK, INK_3, STAGE, clickable, figure, scale

REACH = 3.0
PALE = 45
"""Hundredths that the colours reach further than the values, so that points stand out."""


def players(chances: np.ndarray, *, real: np.ndarray, generated: np.ndarray, pulls: np.ndarray, sets: str) -> go.Figure:
    """``chances`` (N, N) that a point is real, rows of one y; ``real`` (P, 2) and ``generated`` (Q, 2) points on it.

    ``pulls`` (A, 2, 2) are lines: where a generated point is, and the end of its pull. The plane reaches from −3 to 3;
    a click on it is told to the control ``sets``. Traces: “probability of real, in percent”, “real points”,
    “pulls”, “generated points”.
    """
    places = np.linspace(-REACH, REACH, len(chances))
    plane = go.Heatmap(
        x=places.astype(np.float32), y=places.astype(np.float32), z=np.rint(100 * chances).astype(np.int8),
        name="probability of real, in percent", colorscale=scale(DIVERGING), zmin=-PALE, zmax=100 + PALE,
        zsmooth="fast", showscale=False, hovertemplate="(%{x:.2f}, %{y:.2f})<br>D = %{z} %<extra></extra>",
    )  # fmt: skip
    clickable(plane, sets)
    plane.meta = plane.meta | {"where": True}
    dots = go.Scatter(
        x=real[:, 0].astype(np.float32), y=real[:, 1].astype(np.float32), name="real points", mode="markers",
        hoverinfo="skip", marker={"size": 4, "color": INK_3, "symbol": "square", "opacity": 0.55},
    )  # fmt: skip
    gaps = np.full((len(pulls), 1), np.nan, np.float32)
    lines = go.Scatter(
        x=np.concatenate([pulls[..., 0], gaps], 1).ravel().astype(np.float32),
        y=np.concatenate([pulls[..., 1], gaps], 1).ravel().astype(np.float32), name="pulls", mode="lines",
        hoverinfo="skip", line={"color": INK, "width": 1.3}, meta={"gaps": True},
    )  # fmt: skip
    made = go.Scatter(
        x=generated[:, 0].astype(np.float32), y=generated[:, 1].astype(np.float32), name="generated points",
        mode="markers", hoverinfo="skip", marker={"size": 6, "color": ACCENT, "line": {"color": STAGE, "width": 1}},
    )  # fmt: skip
    drawn = figure([plane, dots, lines, made], margin=(26, 6, 6, 24))
    drawn.update_xaxes(range=[-REACH, REACH], showline=False, constrain="domain", tickvals=[-3, -2, -1, 0, 1, 2, 3])
    drawn.update_yaxes(range=[-REACH, REACH], showgrid=False, scaleanchor="x", constrain="domain")
    return drawn
