"""What was measured against what a formula says: on the diagonal they are equal."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import diagonal
from visualizers.theme import MARKERS, SERIES, compact, figure


def measured_vs_formula(groups: Mapping[str, tuple[np.ndarray, np.ndarray]], *, x_title: str, unit: str) -> go.Figure:
    """Points (formula, measured) on two logarithmic axes, one colour and shape a group, over the line of equality.

    Traces: “equal”, then one per group, of its name.
    """
    everything = np.concatenate([np.concatenate(pair) for pair in groups.values()])
    low, high = everything.min() / 1.6, everything.max() * 1.6
    points = [
        go.Scatter(
            x=compact(formula), y=compact(measured), name=name, mode="markers",
            marker={"color": SERIES[index], "symbol": MARKERS[index], "size": 8},
            hovertemplate=f"{name}<br>formula %{{x:.0f}} {unit}<br>measured %{{y:.0f}} {unit}<extra></extra>",
        )
        for index, (name, (formula, measured)) in enumerate(groups.items())
    ]  # fmt: skip
    drawn = figure([diagonal(low, high, "equal"), *points], x=x_title, margin=(48, 12, 10, 40))
    axis = {"type": "log", "range": np.log10([low, high]).tolist(), "dtick": 1, "tickformat": "~s"}
    return drawn.update_layout(xaxis=axis, yaxis=axis)
