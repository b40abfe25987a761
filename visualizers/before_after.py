"""Numbers before and after: on the diagonal nothing has changed."""

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import diagonal
from visualizers.theme import ACCENT, compact, figure


def before_after(before: np.ndarray, after: np.ndarray, *, x_title: str, y_title: str) -> go.Figure:
    """Points (before, after) over the line of equality, both axes alike.

    Traces: “no change”, “values”.
    """
    both = np.concatenate([before, after])
    low, high = float(both.min()), float(both.max())
    room = 0.06 * (high - low) or 1.0
    ends = (low - room, high + room)
    points = go.Scatter(
        x=compact(before), y=compact(after), name="values", mode="markers",
        marker={"color": ACCENT, "size": 5, "opacity": 0.55},
        hovertemplate=f"{x_title} %{{x:.3g}}<br>{y_title} %{{y:.3g}}<extra></extra>",
    )  # fmt: skip
    drawn = figure(
        [diagonal(*ends, "no change"), points], x=x_title, x_range=ends, y_range=ends, margin=(52, 10, 8, 42)
    )
    return drawn.update_layout(yaxis={"title": {"text": y_title, "standoff": 4}})
