"""Distributions in a plane, each as the ellipse at one standard deviation round its mean."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, DASHES, INK, SERIES, compact, figure

COLOURS = (INK, SERIES[1], ACCENT)


def ellipses(outlines: Mapping[str, np.ndarray], *, x_title: str, y_title: str) -> go.Figure:
    """``outlines``: distribution → points (T, 2) of its closed outline; equal scales. A trace for each, of its name.

    Up to three: each has its own colour and its own dash.
    """
    traces = [
        go.Scatter(
            x=compact(points[:, 0]), y=compact(points[:, 1]), name=name, mode="lines",
            line={"color": COLOURS[index], "width": 2.5, "dash": DASHES[index]},
            hovertemplate=f"{name}<br>(%{{x:.3g}}, %{{y:.3g}})<extra></extra>",
        )
        for index, (name, points) in enumerate(outlines.items())
    ]  # fmt: skip
    drawn = figure(traces, x=x_title, margin=(48, 12, 8, 40))
    drawn.update_xaxes(constrain="domain", nticks=6)
    return drawn.update_yaxes(title={"text": y_title, "standoff": 4}, scaleanchor="x", constrain="domain", nticks=6)
