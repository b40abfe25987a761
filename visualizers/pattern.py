"""Which query may look at which key and why, beside the steps that news takes from token to token."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import AXIS, INK_3, SEQUENTIAL, SERIES, STAGE, figure, note, scale

KINDS = (STAGE, SERIES[0], SERIES[1], SERIES[2], AXIS)


def pattern_and_hops(parts: Mapping[str, np.ndarray], allowed: np.ndarray, hops: np.ndarray) -> go.Figure:
    """Left the cells (T, T) of up to three ``parts``, a later one over an earlier, in c1 to c3; other ``allowed`` grey.

    Right the ``hops`` (T, T), −1 where there is no path, darker where the way is longer. Traces: “pattern”, “hops”.
    """
    T = len(allowed)
    kind = np.where(allowed, len(KINDS) - 1, 0).astype(np.uint8)
    for index, cells in reversed(list(enumerate(parts.values(), start=1))):
        kind[cells & allowed & (kind != 0)] = index
    stops = [[(index + edge) / len(KINDS), colour] for index, colour in enumerate(KINDS) for edge in (0, 1)]
    left = go.Heatmap(
        z=kind, name="pattern", colorscale=stops, zmin=-0.5, zmax=len(KINDS) - 0.5, showscale=False,
        hovertemplate="query %{y}, key %{x}<extra></extra>",
    )  # fmt: skip
    far = int(hops.max())
    right = go.Heatmap(
        z=hops.astype(np.int8), name="hops", colorscale=scale(SEQUENTIAL), zmin=0, zmax=max(far, 4), showscale=False,
        xaxis="x2", yaxis="y2", hovertemplate="from %{x} to %{y}<br>%{z} layers<extra></extra>",
    )  # fmt: skip
    ticks = {"tickvals": [0, T // 2, T - 1], "ticks": "", "zeroline": False, "showgrid": False}
    axis = ticks | {"showline": True, "mirror": True, "linecolor": AXIS}
    down = axis | {"range": [T - 0.5, -0.5]}
    drawn = figure([left, right], margin=(34, 10, 24, 38)).update_layout(
        xaxis=axis | {"domain": [0, 0.47], "title": {"text": "key", "standoff": 4}},
        yaxis=down,
        xaxis2=axis | {"domain": [0.53, 1], "title": {"text": "token of origin", "standoff": 4}},
        yaxis2=down | {"anchor": "x2", "showticklabels": False},
    )
    for x, text in ((0, "who looks at whom"), (0.53, f"layers apart: at most {far}")):
        drawn.add_annotation(
            **note(x, 1, text, colour=INK_3, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
        )
    return drawn
