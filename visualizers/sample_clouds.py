"""Samples of several models over the data that they learned, each in a plane of its own."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import ACCENT, INK_3, compact, figure


def sample_clouds(data: np.ndarray, samples: Mapping[str, np.ndarray], *, low: float, high: float) -> go.Figure:
    """``data`` (P, 2) as pale dots in every plane, from ``low`` to ``high``; ``samples``: title → (Q, 2).

    Traces: per plane its title, and “data” in front of it with the title behind a comma.
    """
    domains = side_by_side(len(samples), 0.06)
    traces = []
    for number, (name, points) in enumerate(samples.items(), start=1):
        place = {"xaxis": axis_of("x", number), "yaxis": axis_of("y", number), "mode": "markers"}
        traces += [
            go.Scatter(x=compact(data[:, 0]), y=compact(data[:, 1]), name=f"data, {name}",
                       marker={"size": 3, "color": INK_3, "opacity": 0.35}, hoverinfo="skip", **place),
            go.Scatter(x=compact(points[:, 0]), y=compact(points[:, 1]), name=name,
                       marker={"size": 4, "color": ACCENT, "opacity": 0.8, "symbol": "diamond"},
                       hovertemplate=f"{name}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>", **place),
        ]  # fmt: skip
    drawn = figure(traces, margin=(24, 8, 26, 24), annotations=titles_beside(samples, domains))
    numbers = range(1, len(samples) + 1)
    bare = {"showgrid": False, "zeroline": False, "showline": False, "range": [low, high], "constrain": "domain"}
    across = [{"anchor": axis_of("y", number)} for number in numbers]
    up = [{"anchor": axis_of("x", number), "scaleanchor": axis_of("x", number)} for number in numbers]
    return drawn.update_layout(axes("x", domains, *across, **bare) | axes("y", [(0, 1)] * len(samples), *up, **bare))
