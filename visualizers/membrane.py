"""A membrane's voltage over time, the current that drives it, and its spikes."""

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import left_empty, reference_line
from visualizers.theme import ACCENT, FAILED, INK_2, INK_3, compact, figure, note


def membrane(
    time: np.ndarray, voltage: np.ndarray, current: np.ndarray, spikes: np.ndarray, *, threshold: float, top: float
) -> go.Figure:
    """Lines over ``time`` (ms) up to ``top``, the threshold dotted; a mark on it wherever ``spikes`` is 1.

    Traces: “current”, “voltage”, “spikes”.
    """
    at = np.where(spikes > 0, threshold, np.nan)
    common = {"x": compact(time)}
    traces = [
        go.Scatter(
            y=compact(current), name="current", mode="lines", line={"color": INK_3, "width": 1.5, "dash": "dash"},
            hovertemplate="current %{y:.3g}<extra></extra>", **common,
        ),
        go.Scatter(
            y=compact(voltage), name="voltage", mode="lines", line={"color": ACCENT, "width": 2},
            hovertemplate="%{x:g} ms<br>voltage %{y:.3g}<extra></extra>", **common,
        ),
        left_empty(
            go.Scatter(
                y=compact(at), name="spikes", mode="markers", cliponaxis=False,
                marker={"color": FAILED, "symbol": "line-ns", "size": 16, "line": {"color": FAILED, "width": 3}},
                hovertemplate="spike at %{x:g} ms<extra></extra>", **common,
            )
        ),
    ]  # fmt: skip
    drawn = figure(
        traces, x="time, ms", x_range=(0, float(time[-1])), y_range=(min(-0.05, float(voltage.min())), top),
        margin=(36, 84, 10, 40),
    )  # fmt: skip
    drawn.add_shape(reference_line(y=threshold))
    side = {"xref": "paper", "xanchor": "left", "xshift": 6}
    drawn.add_annotation(**note(1, threshold, "threshold", colour=INK_2, **side))
    if abs(float(current[-1]) - threshold) > top / 12:
        drawn.add_annotation(**note(1, float(current[-1]), "current", colour=INK_3, **side))
    return drawn
