"""Similarities of first and second views, as one map whose quarters are labelled."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.matrix import heatmap
from visualizers.stepped import stepped
from visualizers.theme import INK_2, INK_3, compact

QUARTERS = ("first views", "second views")


def view_map(stages: np.ndarray, *, frames: Sequence[str], start: int) -> go.Figure:
    """``stages`` (S, 2M, 2M) from −1 to 1; M first views, then M second ones; lines part the quarters.

    Trace: “values”.
    """
    M = stages.shape[-1] // 2
    names = [""] * 2 * M
    drawn = heatmap(stages[start], rows=names, columns=names, signed=True)
    drawn.data[0].update(zmin=-1, zmax=1, xgap=0, ygap=0, hovertemplate="cosine %{z:.2f}<extra></extra>")
    places, written = [(M - 1) / 2, M + (M - 1) / 2], list(QUARTERS)
    drawn.update_xaxes(tickvals=places, ticktext=written, side="top", tickangle=0)
    drawn.update_yaxes(tickvals=places, ticktext=written, tickangle=-90, scaleanchor="x", constrain="domain")
    for line in ({"x0": M - 0.5, "x1": M - 0.5, "y0": -0.5, "y1": 2 * M - 0.5},
                 {"y0": M - 0.5, "y1": M - 0.5, "x0": -0.5, "x1": 2 * M - 0.5}):  # fmt: skip
        drawn.add_shape(type="line", line={"color": INK_3, "width": 1}, **line)
    drawn.update_layout(margin={"l": 30, "r": 8, "t": 26, "b": 8}, font={"color": INK_2})
    if len(frames) < 2:
        return drawn
    return stepped(drawn, list(frames), ([{"z": compact(stage)}] for stage in stages), [0])
