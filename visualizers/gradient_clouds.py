"""Estimates of one gradient in the plane, by several estimators, round the true one."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import ACCENT, AXIS, INK, SERIES, compact, figure

COLOURS = (ACCENT, SERIES[1])
SYMBOLS = ("circle", "diamond")


def gradient_clouds(clouds: Mapping[str, np.ndarray], truth: np.ndarray) -> go.Figure:
    """``clouds``: estimator → estimates (N, 2), side by side on equal scales; an arrow to ``truth`` (2,).

    The planes hold 99 % of all estimates. Traces: for each estimator its name, and “true gradient, NAME”.
    """
    domains = side_by_side(len(clouds), 0.06)
    traces = []
    for number, (name, points) in enumerate(clouds.items(), start=1):
        place = {"xaxis": axis_of("x", number), "yaxis": axis_of("y", number)}
        traces += [
            go.Scatter(
                x=compact(points[:, 0]), y=compact(points[:, 1]), name=name, mode="markers",
                marker={
                    "size": 3, "color": COLOURS[number - 1], "symbol": SYMBOLS[number - 1], "opacity": 0.4
                }, hovertemplate=f"{name}<br>(%{{x:.3g}}, %{{y:.3g}})<extra></extra>", **place,
            ),
            go.Scatter(
                x=compact([0, truth[0]]), y=compact([0, truth[1]]), name=f"true gradient, {name}",
                mode="lines+markers", line={"color": INK, "width": 3},
                marker={"color": INK, "symbol": "arrow", "size": [0, 13], "angleref": "previous"},
                hovertemplate="true gradient (%{x:.3g}, %{y:.3g})<extra></extra>", **place,
            ),
        ]  # fmt: skip
    everything = np.abs(np.concatenate([*clouds.values(), truth[None]]))
    reach = 1.05 * max(float(np.quantile(everything, 0.99)), float(np.abs(truth).max()), 1e-6)
    drawn = figure(traces, margin=(44, 8, 26, 30), annotations=titles_beside(list(clouds), domains))
    common = {"range": [-reach, reach], "zeroline": True, "zerolinecolor": AXIS, "showgrid": False, "nticks": 5}
    across = [{"anchor": axis_of("y", n), "constrain": "domain"} for n in range(1, len(clouds) + 1)]
    down = [
        {"anchor": axis_of("x", n), "scaleanchor": axis_of("x", n), "constrain": "domain", "showticklabels": n == 1}
        for n in range(1, len(clouds) + 1)
    ]
    return drawn.update_layout(
        axes("x", domains, *across, **common) | axes("y", [(0.0, 1.0)] * len(clouds), *down, **common)
    )
