"""A landscape over the plane, the points that it was learned from, and points that roll on it."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK_3, SEQUENTIAL, STAGE, compact, figure, scale


def landscape(
    heights: np.ndarray, places: np.ndarray, *, data: np.ndarray, rolling: np.ndarray, deepest: float
) -> go.Figure:
    """``heights`` (N, N) at ``places`` (N,) both ways, rows of one y, 0 at the lowest; ``data`` and ``rolling`` (P, 2).

    Dark is low; what is higher than ``deepest`` is as pale as that. Traces: “energy”, “data”, “chains”.
    """
    plane = go.Heatmap(
        x=compact(places), y=compact(places), z=compact(heights), name="energy", colorscale=scale(SEQUENTIAL[:6][::-1]),
        zmin=0, zmax=deepest, zsmooth="fast", showscale=False,
        hovertemplate="(%{x:.2f}, %{y:.2f})<br>energy %{z:.2f} above the lowest<extra></extra>",
    )  # fmt: skip
    dots = go.Scatter(
        x=compact(data[:, 0]), y=compact(data[:, 1]), name="data", mode="markers", hoverinfo="skip",
        marker={"size": 4, "color": INK_3, "symbol": "square", "opacity": 0.6},
    )  # fmt: skip
    chains = go.Scatter(
        x=compact(rolling[:, 0]), y=compact(rolling[:, 1]), name="chains", mode="markers", hoverinfo="skip",
        marker={"size": 6, "color": ACCENT, "line": {"color": STAGE, "width": 1}},
    )  # fmt: skip
    drawn = figure([plane, dots, chains], margin=(26, 6, 6, 24))
    ends = [float(places[0]), float(places[-1])]
    drawn.update_xaxes(range=ends, showline=False, constrain="domain")
    drawn.update_yaxes(range=ends, showgrid=False, scaleanchor="x", constrain="domain")
    return drawn
