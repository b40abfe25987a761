"""Triplets by two distances: to the positive across, to the negative up; two lines part easy, semi-hard and hard."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, AXIS, INK_2, compact, figure, note


def triplet_plane(
    positive: np.ndarray, negative: np.ndarray, margin: float, *, frames: Sequence[str], start: int
) -> go.Figure:
    """``positive`` and ``negative`` (S, T), a frame a stop. Traces: “equal”, “equal plus margin”, “triplets”."""
    high = float(np.nanmax(np.concatenate([positive.ravel(), negative.ravel(), [2 * margin]]))) * 1.04

    def line(offset: float, name: str, dash: str) -> go.Scatter:
        return go.Scatter(
            x=[0, 1.12 * high - offset], y=[offset, 1.12 * high], name=name, mode="lines", hoverinfo="skip",
            line={"color": AXIS, "width": 1.5, "dash": dash},
        )  # fmt: skip

    def at(stop: int) -> dict[str, np.ndarray]:
        return {"x": compact(positive[stop]), "y": compact(negative[stop])}

    dots = go.Scatter(
        **at(start), name="triplets", mode="markers", marker={"size": 4, "color": ACCENT, "opacity": 0.45},
        hovertemplate="to the positive %{x:.2f}<br>to the negative %{y:.2f}<extra></extra>",
    )  # fmt: skip
    drawn = figure(
        [line(0, "equal", "solid"), line(margin, "equal plus margin", "dot"), dots], x="distance to the positive",
        x_range=(0, high), y_range=(0, 1.12 * high), margin=(44, 10, 8, 42),
        annotations=[
            note(0.03 * high, 1.07 * high, "easy: no loss", xanchor="left"),
            note(0.97 * high, 0.06 * high, "hard", colour=INK_2, xanchor="right"),
        ],
    )  # fmt: skip
    drawn.update_yaxes(title={"text": "distance to the negative", "standoff": 4})
    return stepped(drawn, frames, ([at(stop)] for stop in range(len(frames))), [2]) if len(frames) > 1 else drawn
