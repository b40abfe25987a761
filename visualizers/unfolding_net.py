"""A net of units among points in the plane: a line along every edge of its lattice."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, AXIS, FAILED, MARK, compact, figure

REACH = 1.12
"""The plane shown, from −1.12 to 1.12 in both directions."""


def path_along(edges: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Every edge (E, 2) between units at ``weights`` (U, 2), with a gap behind each, as x and y."""
    ends = weights[edges]  # (E, 2, 2)
    path = np.concatenate([ends, np.full_like(ends[:, :1], np.nan)], axis=1).reshape(-1, 2)
    return {"x": compact(path[:, 0]), "y": compact(path[:, 1])}


def unfolding_net(points: np.ndarray, weights: np.ndarray, edges: np.ndarray, idle: np.ndarray) -> go.Figure:
    """Points (P, 2) in the square from −1 to 1, units at ``weights`` (U, 2), which of them are ``idle`` (U,).

    Traces: “points”, “net”, “units”, “idle units”, “point learned” (none at first).
    """
    quiet = {"hoverinfo": "skip"}
    traces = [
        go.Scatter(
            x=compact(points[:, 0]), y=compact(points[:, 1]), name="points", mode="markers",
            marker={"size": 3, "color": AXIS, "opacity": 0.6}, **quiet,
        ),
        go.Scatter(
            **path_along(edges, weights), name="net", mode="lines", line={"color": ACCENT, "width": 1.3},
            meta={"gaps": True}, **quiet,
        ),
        go.Scatter(
            x=compact(weights[:, 0]), y=compact(weights[:, 1]), name="units", mode="markers",
            marker={"size": 6, "color": ACCENT},
            hovertemplate="unit %{pointNumber}<br>(%{x:.2f}, %{y:.2f})<extra></extra>",
        ),
        go.Scatter(
            x=compact(weights[idle, 0]), y=compact(weights[idle, 1]), name="idle units", mode="markers",
            marker={"size": 11, "color": MARK, "symbol": "diamond", "line": {"color": FAILED, "width": 2}}, **quiet,
        ),
        go.Scatter(
            x=[], y=[], name="point learned", mode="markers",
            marker={"size": 12, "color": FAILED, "symbol": "x-thin", "line": {"color": FAILED, "width": 2}}, **quiet,
        ),
    ]  # fmt: skip
    drawn = figure(traces, margin=(8, 8, 8, 8))
    bare = {"range": [-REACH, REACH], "showgrid": False, "showticklabels": False, "showline": False, "zeroline": False}
    drawn.update_xaxes(constrain="domain", **bare)
    return drawn.update_yaxes(scaleanchor="x", constrain="domain", **bare)
