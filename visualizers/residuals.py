"""Points, a line through them, and the square of what it misses at each point."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.class_map import plane
from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, HELD, INK, SERIES, compact

Window = tuple[float, float, float, float]
"""Left, right, bottom and top."""


def residual_squares(
    x: np.ndarray,
    y: np.ndarray,
    lines: np.ndarray,
    *,
    frames: Sequence[str],
    start: int,
    window: Window,
    truth: tuple[float, float],
) -> go.Figure:
    """Points (N,), and for each frame a line of ``lines`` (F, 2), slope and intercept, with a square on each error.

    The area of a square is the squared error, in the units of the axes. ``truth`` is the line that the points were made
    by. Traces: “squared errors”, “true line”, “line”, “points”.
    """
    left, right, _, _ = window
    ends = np.array([left, right])

    def squares(slope: float, intercept: float) -> Patch:
        said = slope * x + intercept
        side = np.abs(said - y)
        away = np.where(x > 0, -side, side)  # towards the middle of the picture
        gap = np.full_like(x, np.nan)
        across = np.stack([x, x + away, x + away, x, x, gap], axis=1).ravel()
        up = np.stack([y, y, said, said, y, gap], axis=1).ravel()
        return {"x": compact(across), "y": compact(up)}

    def moving(at: int) -> list[Patch]:
        slope, intercept = map(float, lines[at])
        return [squares(slope, intercept), {"x": compact(ends), "y": compact(slope * ends + intercept)}]

    filled, line = moving(start)
    traces = [
        go.Scatter(
            **filled, name="squared errors", mode="lines", fill="toself", fillcolor=SERIES[1],
            opacity=0.22, line={"color": SERIES[1], "width": 1}, hoverinfo="skip", meta={"gaps": True},
        ),
        go.Scatter(
            x=compact(ends), y=compact(truth[0] * ends + truth[1]), name="true line", mode="lines", hoverinfo="skip",
            line={"color": HELD, "width": 1.5, "dash": "dash"},
        ),
        go.Scatter(**line, name="line", mode="lines", line={"color": ACCENT, "width": 3}, hoverinfo="skip"),
        go.Scatter(
            x=compact(x), y=compact(y), name="points", mode="markers", marker={"color": INK, "size": 6},
            hovertemplate="%{x:.2f}, %{y:.2f}<extra></extra>",
        ),
    ]  # fmt: skip
    drawn = plane(traces, window)
    return stepped(drawn, frames, map(moving, range(len(frames))), [0, 2]) if len(frames) > 1 else drawn
