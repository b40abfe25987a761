"""Points in the plane as seen from its middle: those that are farthest in some direction, and those that never are."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, GRID, INK_3, compact, figure


def winning_points(points: np.ndarray, wins: np.ndarray) -> go.Figure:
    """Points (N, 2); ``wins`` (N,) says which are farthest in some direction. Their hull is drawn through them.

    Traces: “hull”, “can be first”, “never first”.
    """
    outer = points[wins]
    around = outer[np.argsort(np.arctan2(outer[:, 1], outer[:, 0]))]
    closed = np.concatenate([around, around[:1]])
    hull = go.Scatter(
        x=compact(closed[:, 0]), y=compact(closed[:, 1]), name="hull", mode="lines", hoverinfo="skip",
        line={"color": GRID, "width": 2},
    )  # fmt: skip
    groups = [
        go.Scatter(
            x=compact(points[part, 0]), y=compact(points[part, 1]), name=name, mode="markers",
            marker={"symbol": symbol, "size": 8, "color": colour}, hovertemplate=f"{name}<extra></extra>",
        )
        for name, part, symbol, colour in (
            ("can be first", wins, "circle", ACCENT), ("never first", ~wins, "circle-open", INK_3)
        )
    ]  # fmt: skip
    reach = 1.1 * float(np.abs(points).max())
    drawn = figure([hull, *groups], x_range=(-reach, reach), y_range=(-reach, reach), margin=(28, 8, 8, 28))
    return drawn.update_yaxes(scaleanchor="x", scaleratio=1)
