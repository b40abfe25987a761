"""Points over two axes, in groups."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK_3, SERIES, compact, figure

SYMBOLS = ("circle", "diamond-open", "square", "cross")


def dots_by_group(
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]], *, x_title: str, y_title: str, size: float = 5
) -> go.Figure:
    """``groups``: name → (x, y). The first is drawn in accent, the second in grey. A trace per group, of its name."""
    colours = (ACCENT, INK_3, *SERIES[2:])
    traces = [
        go.Scatter(
            x=compact(x), y=compact(y), name=name, mode="markers",
            marker={"color": colours[index], "symbol": SYMBOLS[index % len(SYMBOLS)], "size": size, "opacity": 0.6},
            hovertemplate=f"{name}<br>{x_title} %{{x:.5g}}<br>{y_title} %{{y:.3g}}<extra></extra>",
        )
        for index, (name, (x, y)) in enumerate(groups.items())
    ]  # fmt: skip
    drawn = figure(traces, x=x_title, margin=(52, 10, 8, 42))
    return drawn.update_yaxes(title={"text": y_title, "standoff": 4}, rangemode="tozero")
