"""Which query may attend to which key and why: patterns of sparse attention, and blocks that each query picked."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import AXIS, FAILED, HELD, INK_3, SEQUENTIAL, SERIES, STAGE, compact, figure, note, scale

KINDS = (STAGE, SERIES[0], SERIES[1], SERIES[2], AXIS)
PICKED = (STAGE, SEQUENTIAL[3], SERIES[2])


def pattern_and_hops(parts: Mapping[str, np.ndarray], allowed: np.ndarray, hops: np.ndarray) -> go.Figure:
    """Left the cells (T, T) of up to three ``parts``, a later one over an earlier, in c1 to c3; other ``allowed`` grey.

    Right the ``hops`` (T, T), −1 where there is no path, darker where the way is longer. Traces: “pattern”, “hops”.
    """
    T = len(allowed)
    kind = np.where(allowed, len(KINDS) - 1, 0).astype(np.uint8)
    for index, cells in reversed(list(enumerate(parts.values(), start=1))):
        kind[cells & allowed & (kind != 0)] = index
    left = go.Heatmap(
        z=kind, name="pattern", **_kinds(KINDS),
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


def picked_entries(
    picked: np.ndarray, window: np.ndarray, target: np.ndarray, right: np.ndarray, asks: np.ndarray, block: int
) -> go.Figure:
    """Cells (T, T): ``picked`` pale, ``window`` green over it; at (t, target[t]) a dot if ``right``, else a cross.

    Only queries that ask have one. Ticks stand at every fourth block of ``block`` tokens. Traces: “picked and window”,
    “read”, “not read”.
    """
    T = len(picked)
    kind = np.where(window, 2, np.where(picked, 1, 0)).astype(np.uint8)
    cells = go.Heatmap(
        z=kind, name="picked and window", **_kinds(PICKED), opacity=0.65, hoverinfo="skip",
    )  # fmt: skip
    traces: list[go.Heatmap | go.Scatter] = [cells]
    for chosen, colour, symbol, word in ((right, HELD, "circle", "read"), (~right, FAILED, "x", "not read")):
        rows = np.flatnonzero(asks & chosen)
        traces.append(
            go.Scatter(
                x=compact(target[rows]), y=compact(rows), mode="markers", name=word,
                marker={"color": colour, "symbol": symbol, "size": 6},
                hovertemplate=f"token %{{y}} asks for %{{x}}<br>{word}<extra></extra>",
            )
        )  # fmt: skip
    drawn = figure(traces, x="token asked for", margin=(44, 8, 6, 40))
    axis = {"showgrid": False, "zeroline": False, "showline": True, "mirror": True, "linecolor": AXIS}
    ticks = list(range(0, T, max(4 * block, 8)))
    drawn.update_xaxes(**axis, range=[-0.5, T - 0.5], tickvals=ticks)
    return drawn.update_yaxes(**axis, range=[T - 0.5, -0.5], tickvals=ticks, title={"text": "query", "standoff": 4})


def _kinds(colours: Sequence[str]) -> dict[str, Any]:
    """A heatmap's colours for whole numbers from 0 on, one each."""
    stops = [[(index + edge) / len(colours), colour] for index, colour in enumerate(colours) for edge in (0, 1)]
    return {"colorscale": stops, "zmin": -0.5, "zmax": len(colours) - 0.5, "showscale": False}
