"""Two vectors in the plane and the angle between them."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import AXIS, INK_3, SERIES, clickable, compact, figure, note

BLUE, ORANGE, SPACE = "blue", "orange", "plane"
GRID = 25


def _placed(trace: go.Scatter, sets: str) -> go.Scatter:
    """A click on ``trace`` says where it was, and so does a drag."""
    clickable(trace, sets)
    trace.meta = trace.meta | {"where": True, "drags": True}
    return trace


def two_arrows(tips: np.ndarray, *, reach: float, sets: str) -> go.Figure:
    """Arrows from the origin to ``tips`` (2, 2), the first blue, the second orange, and the arc between them.

    A click or a drag anywhere tells the control ``sets`` where.
    Traces: “plane”, “angle”, “difference”, “blue”, “orange”.
    """
    places = np.linspace(-reach, reach, GRID)
    plane = go.Scatter(
        x=compact(np.tile(places, GRID)), y=compact(np.repeat(places, GRID)), name=SPACE, mode="markers",
        marker={"size": 14, "opacity": 0, "color": AXIS}, hovertemplate="(%{x:.2f}, %{y:.2f})<extra></extra>",
    )  # fmt: skip
    angles = np.arctan2(tips[:, 1], tips[:, 0])
    turn = (angles[1] - angles[0] + np.pi) % (2 * np.pi) - np.pi
    arc = angles[0] + np.linspace(0, 1, 30) * turn
    radius = 0.3 * min(1.0, float(np.linalg.norm(tips, axis=1).min(initial=1.0)) + 0.2)
    bend = go.Scatter(
        x=compact(radius * np.cos(arc)), y=compact(radius * np.sin(arc)), name="angle", mode="lines",
        line={"color": INK_3, "width": 2}, hoverinfo="skip",
    )  # fmt: skip
    gap = go.Scatter(
        x=compact(tips[:, 0]), y=compact(tips[:, 1]), name="difference", mode="lines", hoverinfo="skip",
        line={"color": INK_3, "width": 1, "dash": "dot"},
    )  # fmt: skip
    arrows = [
        go.Scatter(
            x=compact([0, tip[0]]), y=compact([0, tip[1]]), name=name, mode="lines+markers",
            line={"color": colour, "width": 3},
            marker={"color": colour, "symbol": symbol, "size": [0, 14], "angleref": "previous"},
            hovertemplate=f"{name}: (%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
        )
        for tip, name, colour, symbol in zip(tips, (BLUE, ORANGE), SERIES[:2], ("arrow", "arrow"))
    ]  # fmt: skip
    middle = angles[0] + turn / 2
    words = note(
        2.2 * radius * np.cos(middle), 2.2 * radius * np.sin(middle), f"{abs(np.degrees(turn)):.0f}°", colour=INK_3
    )
    drawn = figure([_placed(plane, sets), bend, gap, *arrows], margin=(24, 8, 8, 24), annotations=[words])
    axis = {"range": [-reach, reach], "zeroline": True, "zerolinecolor": AXIS, "showline": False, "constrain": "domain"}
    drawn.update_xaxes(**axis, showgrid=False)
    return drawn.update_yaxes(**axis, scaleanchor="x")
