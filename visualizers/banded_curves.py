"""Lines with the band that their repetitions fill."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.curve import apart, curves
from visualizers.theme import SERIES, compact


def banded_curves(
    x: np.ndarray,
    repetitions: Mapping[str, np.ndarray],
    *,
    x_title: str,
    y_range: tuple[float, float],
    pixels: float,
    room: int = 70,
) -> go.Figure:
    """``repetitions``: name → (N, points). The mean of the N is a line; from lowest to highest is a pale band.

    ``pixels`` is the height of the plot itself. Traces: for each its name, and its name and “, band” behind them.
    """
    drawn = curves(
        x, {name: each.mean(axis=0) for name, each in repetitions.items()}, x_title=x_title, y_range=y_range, room=room
    )
    bands = [
        go.Scatter(
            x=compact(np.concatenate([x, x[::-1]])),
            y=compact(np.concatenate([each.min(axis=0), each.max(axis=0)[::-1]])),
            name=f"{name}, band", mode="lines", line={"width": 0}, fill="toself", fillcolor=SERIES[index], opacity=0.14,
            hoverinfo="skip",
        )
        for index, (name, each) in enumerate(repetitions.items())
    ]  # fmt: skip
    lines = list(drawn.data)
    drawn.data = []
    drawn.add_traces([*bands, *lines])
    drawn.update_xaxes(range=[float(x[0]), float(x[-1])])
    return apart(drawn, pixels)
