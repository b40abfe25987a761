"""Attention maps of heads that share: the same heads before and after, the groups framed."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.matrix import GAP, tiles
from visualizers.theme import SERIES


def shared_heads(maps: np.ndarray, *, groups: int, row_labels: Sequence[str]) -> go.Figure:
    """``maps`` (R, H, T, T): a row of H maps for each stage; in the last row a frame holds the heads of each group."""
    R, H, T, _ = maps.shape
    drawn = tiles(maps, row_labels=row_labels, column_labels=[f"q{head}" for head in range(H)])
    size, top = H // groups, (R - 1) * (T + GAP)
    for group in range(groups):
        left = group * size * (T + GAP)
        drawn.add_shape(
            type="rect", x0=left - 1.5, x1=left + size * (T + GAP) - GAP + 0.5, y0=top - 1.5, y1=top + T + 0.5,
            line={"color": SERIES[group % len(SERIES)], "width": 2},
        )  # fmt: skip
    return drawn
