"""A histogram of draws under the curve that they should follow, frame by frame."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, SERIES, compact, figure


def densities(
    draws: np.ndarray,
    curves: np.ndarray,
    *,
    x: np.ndarray,
    frames: Sequence[str],
    start: int = 0,
    x_title: str = "",
    bins: int = 48,
    highest: float | None = None,
) -> go.Figure:
    """Draws (S, N) as bars in the accent, densities (S, len(x)) as a line in series 2; one stop S a frame.

    All stops share the bins, which span ``x``; what falls outside them is not drawn. ``highest`` cuts the y axis.
    Traces: “samples”, “density”.
    """
    edges = np.linspace(x[0], x[-1], bins + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    heights = [np.histogram(stop, edges)[0] / (len(stop) * (edges[1] - edges[0])) for stop in draws]

    def moving(at: int) -> list[go.Bar | go.Scatter]:
        return [go.Bar(y=compact(heights[at])), go.Scatter(y=compact(curves[at]))]

    bars, line = moving(start)
    bars.update(x=compact(middles), name="samples", marker={"color": ACCENT, "opacity": 0.45}, hoverinfo="skip")
    line.update(
        x=compact(x), name="density", mode="lines", line={"color": SERIES[1], "width": 2},
        hovertemplate="%{x:.3g}<br>density %{y:.3g}<extra></extra>",
    )  # fmt: skip
    drawn = figure([bars, line], x=x_title, margin=(36, 12, 8, 40), bargap=0)
    drawn.update_xaxes(range=[float(x[0]), float(x[-1])])
    drawn.update_yaxes(range=[0, highest or float(max(map(np.max, [*heights, *curves]))) * 1.05])
    drawn.frames = [go.Frame(name=name, data=moving(at), traces=[0, 1]) for at, name in enumerate(frames)]
    return drawn
