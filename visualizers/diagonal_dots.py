"""Two sets of predictions against the true values: on the diagonal they are right."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import diagonal
from visualizers.theme import ACCENT, SERIES, compact, figure

COLOURS, SYMBOLS = (SERIES[1], ACCENT), ("circle-open", "circle")


def diagonal_dots(
    true: np.ndarray, predicted: Mapping[str, np.ndarray], *, x_title: str, y_title: str, reach: float
) -> go.Figure:
    """``true`` (N,) across, each of two ``predicted`` (N,) up, from −``reach`` to ``reach`` both ways.

    Traces: “equal”, then one per prediction, of its name.
    """
    dots = [
        go.Scatter(
            x=compact(true), y=compact(values), name=name, mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 5, "opacity": 0.6},
            hovertemplate=f"{name}<br>{x_title} %{{x:.2f}}<br>{y_title} %{{y:.2f}}<extra></extra>",
        )
        for (name, values), colour, symbol in zip(predicted.items(), COLOURS, SYMBOLS)
    ]  # fmt: skip
    drawn = figure([diagonal(-reach, reach, "equal"), *dots], x=x_title, margin=(48, 12, 10, 40))
    drawn.update_xaxes(range=[-reach, reach])
    return drawn.update_yaxes(range=[-reach, reach], title={"text": y_title, "standoff": 4})
