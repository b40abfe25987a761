"""Which query may attend to which key and why: patterns of sparse attention, and what one query scores and reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axes, axis_of, stacked, titles_above
from visualizers.theme import ACCENT, AXIS, GRID, INK, INK_3, SEQUENTIAL, SERIES, STAGE, compact, figure, note, scale

KINDS = (STAGE, SERIES[0], SERIES[1], SERIES[2], AXIS)


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
    for x, text in ((0, "rows are queries, columns keys"), (0.53, f"layers apart: at most {far}")):
        drawn.add_annotation(
            **note(x, 1, text, colour=INK_3, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
        )
    return drawn


def one_query(
    index: np.ndarray, picked: np.ndarray, weights: np.ndarray, near: np.ndarray, *, block: int, target: int, query: int
) -> go.Figure:
    """What one query scores and reads, over the token positions up to it.

    Above: the ``index`` score (E,) of each entry of ``block`` tokens, those ``picked`` (E,) in the accent. Below: its
    attention ``weights`` (E,) on entries and ``near`` (T,) on single tokens. A line stands at the ``target``.
    Traces: “scores, not picked”, “scores, picked”, “attention on entries”, “attention on single tokens”.
    """
    ends = np.arange(len(index)) * block
    middles = ends + (block - 1) / 2
    bars = {
        "scores, not picked": (middles[~picked], index[~picked], INK_3, "y", 0.9 * block),
        "scores, picked": (middles[picked], index[picked], ACCENT, "y", 0.9 * block),
        "attention on entries": (middles[picked], weights[picked], ACCENT, "y2", 0.9 * block),
        "attention on single tokens": (np.flatnonzero(near > 0), near[near > 0], SERIES[2], "y2", 0.8),
    }
    traces = [
        go.Bar(
            x=compact(x), y=compact(y), name=name, yaxis=axis, width=width,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate="around token %{x}<br>%{y:.3g}<extra></extra>",
        )
        for name, (x, y, colour, axis, width) in bars.items()
    ]  # fmt: skip
    domains = stacked(2, 0.2)
    drawn = figure(
        traces, x="token position", margin=(44, 12, 40, 40), barmode="overlay",
        annotations=titles_above(["indexer’s score of each entry", "attention weight"], domains),
    ).update_layout(
        axes("y", domains, {"rangemode": "tozero"}, {"range": [0, 1.05]}, gridcolor=GRID, nticks=4, zeroline=False)
    )  # fmt: skip
    drawn.update_xaxes(range=[-1, query + 1.5], anchor="y2", showgrid=False)
    for number in (1, 2):
        drawn.add_shape(reference_line(x=target, colour=INK, yref=f"{axis_of('y', number)} domain"))
    return drawn.add_annotation(
        **note(target, 1, "asked for", colour=INK, yref="paper", yanchor="bottom", yshift=16, xanchor="left", xshift=3)
    )


def _kinds(colours: Sequence[str]) -> dict[str, Any]:
    """A heatmap's colours for whole numbers from 0 on, one each."""
    stops = [[(index + edge) / len(colours), colour] for index, colour in enumerate(colours) for edge in (0, 1)]
    return {"colorscale": stops, "zmin": -0.5, "zmax": len(colours) - 0.5, "showscale": False}
