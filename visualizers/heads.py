"""Attention maps: all heads side by side, and one of them large."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.matrix import heatmap, tiles
from visualizers.theme import ACCENT
from visualizers.tokens import token_axis


def overview(weights: np.ndarray, *, picked: tuple[int, int], sets: tuple[str, str] = ("layer", "head")) -> go.Figure:
    """Every map of ``weights`` (L, H, T, T), a row a layer; the picked one is ringed, and a click picks another."""
    L, H = weights.shape[:2]
    drawn = tiles(
        weights,
        row_labels=[f"L{layer}" for layer in range(L)],
        column_labels=[str(head) for head in range(H)],
        picked=picked,
        sets=sets,
    )
    return drawn.update_layout(margin={"l": 26, "r": 4, "t": 22, "b": 6}, hoverdistance=-1)


def large_map(weights: np.ndarray, tokens: Sequence[str], *, query: int, sets: str | None = "query") -> go.Figure:
    """One map (T, T): a row is a query, a column a key, the future empty; the row of ``query`` is framed.

    A click on a row sets the control ``sets`` to its index.
    """
    T = len(tokens)
    seen = np.where(np.tri(T, dtype=bool), weights, np.nan)
    drawn = heatmap(
        seen, rows=tokens, columns=tokens, row_title="", column_title="looks at", high=1.0,
        sets=None if sets is None else (sets, None),
    )  # fmt: skip
    size = 12 if T <= 20 else 10 if T <= 28 else 8
    token_axis(drawn, tokens, None, "x", size)
    token_axis(drawn, tokens, query, "y", size)
    drawn.update_xaxes(tickangle=-90)
    drawn.add_shape(
        type="rect", x0=-0.5, x1=query + 0.5, y0=query - 0.5, y1=query + 0.5, line={"color": ACCENT, "width": 2}
    )
    return drawn.update_layout(margin={"l": 60, "r": 6, "t": 6, "b": 60})
