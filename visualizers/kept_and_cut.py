"""A distribution before and after a cut: what is kept in full colour, what is cut in outline, the truth as marks."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, INK_3, compact, figure, note, plain
from visualizers.written_numbers import written


def kept_and_cut(
    before: np.ndarray, after: np.ndarray, truth: np.ndarray, *, labels: Sequence[str], many: int
) -> go.Figure:
    """Probabilities (N,) before and after; ``truth`` (N,) may hold zeros; ``many`` outcomes are kept in all.

    Traces: “kept” (after the cut), “cut” (before it, where it is 0 after), “truth”.
    """
    at, kept = np.arange(len(before)), after > 0
    hover = "%{customdata}<br>%{y:.3f}<extra></extra>"
    names = list(map(plain, labels))
    bars = go.Bar(x=at, y=compact(after), name="kept", marker={"color": ACCENT}, customdata=names, hovertemplate=hover)
    gone = go.Bar(
        x=at, y=compact(np.where(kept, 0, before)), name="cut", customdata=names, hovertemplate=hover,
        marker={"color": INK_3, "opacity": 0.35},
    )  # fmt: skip
    marks = go.Scatter(
        x=at, y=compact(np.where(truth > 0, truth, np.nan)), name="truth", mode="markers", customdata=names,
        marker={"symbol": "line-ew", "size": 16, "color": INK, "line": {"width": 2, "color": INK}}, hovertemplate=hover,
    )  # fmt: skip
    highest = float(np.nanmax([after.max(initial=0), before.max(initial=0), truth.max(initial=0)]))
    drawn = figure(
        [bars, gone, marks], y_range=(0, 1.15 * highest), margin=(40, 8, 16, 60), barmode="overlay", bargap=0.3
    )
    drawn.update_xaxes(tickmode="array", tickvals=list(at), ticktext=names, tickangle=-50, range=[-0.6, len(at) - 0.4])
    return drawn.add_annotation(
        **note(1, 1, f"{written(many)} kept", colour=INK, xref="paper", yref="paper", xanchor="right", yanchor="top")
    )
