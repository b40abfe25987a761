"""A surrogate derivative beside the true one, over the voltages that a network has."""

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import left_empty, reference_line
from visualizers.theme import ACCENT, AXIS, FAILED, INK_2, compact, figure, note


def bump_over_voltages(
    x: np.ndarray, bump: np.ndarray, true: np.ndarray, *, edges: np.ndarray, counts: np.ndarray
) -> go.Figure:
    """Both over ``x``, the distance to the threshold; grey bars, 0.6 high: ``counts`` between ``edges``.

    Traces: “voltages”, “true derivative”, “bump”.
    """
    middles = (edges[1:] + edges[:-1]) / 2
    traces = [
        go.Bar(
            x=compact(middles), y=compact(0.6 * counts / counts.max()), name="voltages", marker={"color": AXIS},
            opacity=0.45, customdata=compact(counts),
            hovertemplate="%{customdata:.1%} of the voltages<br>near %{x:.2f}<extra></extra>",
        ),
        left_empty(
            go.Scatter(
                x=compact(x), y=compact(true), name="true derivative", mode="lines",
                line={"color": FAILED, "width": 2, "dash": "dash"},
                hovertemplate="true derivative %{y:g}<extra></extra>",
            )
        ),
        go.Scatter(
            x=compact(x), y=compact(bump), name="bump", mode="lines", line={"color": ACCENT, "width": 3},
            hovertemplate="%{x:.2f} from the threshold<br>bump %{y:.3f}<extra></extra>",
        ),
    ]  # fmt: skip
    drawn = figure(
        traces, x="voltage minus threshold", x_range=(float(x[0]), float(x[-1])), y_range=(-0.04, 1.08),
        margin=(36, 16, 14, 42), bargap=0.1,
    )  # fmt: skip
    drawn.add_shape(reference_line(x=0.0))
    return drawn.add_annotation(**note(0, 1, "threshold", colour=INK_2, yref="paper", xanchor="left", xshift=5))
