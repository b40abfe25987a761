"""Hidden units as rows, training steps as columns: how often each unit is on, and from when it never is."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import left_empty
from visualizers.theme import AXIS, INK_2, SEQUENTIAL, compact, figure, note, scale

GAP = 2
"""Empty rows between two layers."""


def unit_map(on: np.ndarray, steps: Sequence[int], *, layer_names: Sequence[str], x_title: str) -> go.Figure:
    """Shares (S, L, F) of the inputs that switch each unit on; grey where none does. Most active units stand on top.

    Traces: “share of inputs”, “off for every input”.
    """
    S, L, F = on.shape
    rows = np.full((L * (F + GAP) - GAP, S), np.nan)
    for layer in range(L):
        order = np.lexsort((-on[-1, layer], (on[:, layer] == 0).sum(axis=0)))
        rows[layer * (F + GAP) : layer * (F + GAP) + F] = on[:, layer, order].T
    off = np.where(rows == 0, 1.0, np.nan)
    shown = np.where(rows == 0, np.nan, rows)
    columns = list(range(S))
    common = {"x": columns, "showscale": False, "xgap": 1, "ygap": 0.6}
    traces = [
        go.Heatmap(
            z=compact(shown), name="share of inputs", colorscale=scale(SEQUENTIAL[1:]), zmin=0, zmax=1,
            hovertemplate="%{z:.1%} of the inputs switch it on<extra></extra>", **common,
        ),
        go.Heatmap(
            z=compact(off), name="off for every input", colorscale=[[0, AXIS], [1, AXIS]], zmin=0, zmax=1,
            hovertemplate="off for every input<extra></extra>", **common,
        ),
    ]  # fmt: skip
    drawn = figure([left_empty(trace) for trace in traces], x=x_title, margin=(64, 10, 8, 42))
    shown_ticks = columns[:: max(1, S // 6)]
    drawn.update_xaxes(tickvals=shown_ticks, ticktext=[str(steps[at]) for at in shown_ticks], showline=False)
    drawn.update_yaxes(autorange="reversed", showticklabels=False, showgrid=False)
    for layer, name in enumerate(layer_names):
        middle = layer * (F + GAP) + (F - 1) / 2
        drawn.add_annotation(**note(0, middle, name, colour=INK_2, xref="paper", xanchor="right", xshift=-8))
    return drawn
