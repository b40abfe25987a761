"""Points on two logarithmic axes."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, compact, figure


def log_points(x: np.ndarray, y: np.ndarray, *, x_title: str, y_title: str, floor: float = 1e-6) -> go.Figure:
    """Points (x, y); what is smaller than ``floor`` is drawn there. Trace: “values”."""
    points = go.Scatter(
        x=compact(np.maximum(x, floor)), y=compact(np.maximum(y, floor)), name="values", mode="markers",
        marker={"color": ACCENT, "size": 5, "opacity": 0.45},
        hovertemplate=f"{x_title} %{{x:.2g}}<br>{y_title} %{{y:.2g}}<extra></extra>",
    )  # fmt: skip
    drawn = figure([points], x=x_title, margin=(60, 10, 8, 42))
    drawn.update_xaxes(type="log", dtick=2, exponentformat="power")
    return drawn.update_yaxes(type="log", dtick=2, exponentformat="power", title={"text": y_title, "standoff": 4})
