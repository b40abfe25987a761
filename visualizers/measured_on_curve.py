"""A formula's curve and measured points that should lie on it."""

import numpy as np
import plotly.graph_objects as go

from visualizers.curve import mark_x
from visualizers.theme import ACCENT, INK_3, compact, figure


def measured_on_curve(
    curve: tuple[np.ndarray, np.ndarray], points: tuple[np.ndarray, np.ndarray], *, x_title: str, y_top: float,
    shown: float,
) -> go.Figure:  # fmt: skip
    """Both as (x, y), y from 0 to ``y_top``; a dotted vertical line at ``shown``. Traces: “formula”, “measured”."""
    x, y = curve
    traces = [
        go.Scatter(
            x=compact(x), y=compact(y), name="formula", mode="lines", line={"color": INK_3, "width": 2},
            hovertemplate=f"{x_title} %{{x:.3g}}<br>formula %{{y:.4g}}<extra></extra>",
        ),
        go.Scatter(
            x=compact(points[0]), y=compact(points[1]), name="measured", mode="markers", cliponaxis=False,
            marker={"color": ACCENT, "size": 7, "opacity": 0.75},
            hovertemplate=f"{x_title} %{{x:.3g}}<br>measured %{{y:.4g}}<extra></extra>",
        ),
    ]  # fmt: skip
    drawn = figure(traces, x=x_title, x_range=(0, float(x[-1])), y_range=(0, y_top), margin=(40, 16, 10, 42))
    return mark_x(drawn, shown, "shown")
