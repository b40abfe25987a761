"""Which source words each written word attends to, and where a window over the source stands."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.heads import token_map
from visualizers.theme import SERIES, compact


def aligned(weights: np.ndarray, rows: Sequence[str], columns: Sequence[str], centre: np.ndarray | None) -> go.Figure:
    """``weights`` (T, S): rows are written words, columns source words; ``centre`` (T,) is the window's, by position.

    Traces: those of ``token_map``, then “centre” where there is one.
    """
    drawn = token_map(weights, rows, columns, column_title="source", high=1.0)
    if centre is not None:
        drawn.add_trace(
            go.Scatter(
                x=compact(centre), y=list(range(len(centre))), name="centre", mode="lines+markers",
                line={"color": SERIES[1], "width": 1.5, "dash": "dot"},
                marker={"color": SERIES[1], "size": 8, "symbol": "circle-open", "line": {"width": 2}},
                hovertemplate="centre of the window<br>position %{x:.2f}<extra></extra>",
            )
        )  # fmt: skip
    return drawn
