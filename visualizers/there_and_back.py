"""Paths that are solved forwards and then backwards: where they come back to, and where they should."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, FAILED, INK, compact, figure

BEYOND = 0.6
"""Of the size of the forward paths: so much further the picture reaches; what goes on leaves it."""


def _line(paths: np.ndarray, name: str, colour: str, dash: str, width: float) -> go.Scatter:
    broken = np.concatenate([paths, np.full_like(paths[:1], np.nan)]).transpose(1, 0, 2).reshape(-1, 2)
    return go.Scatter(
        x=compact(broken[:, 0]), y=compact(broken[:, 1]), name=name, mode="lines", hoverinfo="skip",
        line={"color": colour, "width": width, "dash": dash}, meta={"gaps": True},
    )  # fmt: skip


def there_and_back(forwards: np.ndarray, backwards: np.ndarray) -> go.Figure:
    """Paths (S, P, 2) from their true starts, and (R, P, 2) from where those end.

    Traces: “forwards”, “backwards”, “true starts”, “recomputed starts”.
    """
    starts = go.Scatter(
        x=compact(forwards[0, :, 0]), y=compact(forwards[0, :, 1]), name="true starts", mode="markers",
        marker={"size": 10, "symbol": "circle-open", "color": ACCENT, "line": {"width": 2}},
        hovertemplate="true start (%{x:.3f}, %{y:.3f})<extra></extra>",
    )  # fmt: skip
    found = go.Scatter(
        x=compact(backwards[-1, :, 0]), y=compact(backwards[-1, :, 1]), name="recomputed starts", mode="markers",
        marker={"size": 8, "symbol": "x-thin", "color": INK, "line": {"width": 2, "color": FAILED}},
        hovertemplate="recomputed start (%{x:.3f}, %{y:.3f})<extra></extra>",
    )  # fmt: skip
    drawn = figure([
        _line(forwards, "forwards", ACCENT, "solid", 1.5), _line(backwards, "backwards", FAILED, "dot", 1.5),
        starts, found,
    ], margin=(40, 8, 8, 30))  # fmt: skip
    low, high = forwards.min((0, 1)), forwards.max((0, 1))
    room = BEYOND * float((high - low).max()) / 2
    drawn.update_xaxes(range=[float(low[0]) - room, float(high[0]) + room], constrain="domain")
    drawn.update_yaxes(range=[float(low[1]) - room, float(high[1]) + room], scaleanchor="x", constrain="domain")
    return drawn
