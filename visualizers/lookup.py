"""One query looked up among keys: vectors become scores, scores become weights, weights a sum of values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, AXIS, INK_3, clickable, compact, figure, note
from visualizers.tokens import BARE, strip, token_axis, token_size

STAGES = ("query and keys", "dot products", "softmax", "values", "weighted sum")
COLUMNS = {"x": (0, 0.3), "x2": (0.33, 0.45), "x3": (0.49, 0.63), "x4": (0.68, 1)}


def lookup(
    tokens: Sequence[str],
    query: np.ndarray,
    keys: np.ndarray,
    scores: np.ndarray,
    weights: np.ndarray,
    values: np.ndarray,
    output: np.ndarray,
    *,
    sets: str | None = None,
) -> go.Figure:
    """``query`` (K,) over ``keys`` (S, K); ``scores`` and ``weights`` (S,); ``values`` (S, K) over ``output`` (K,).

    The frames are ``STAGES``. A click on a row of keys or values sets the control ``sets`` to the token's index.
    Traces: “query”, “keys”, “scores”, “weights”, “values”, “output”.
    """
    S = len(tokens)
    products, terms = keys * query, weights[:, None] * values
    bound, product_bound = float(np.abs([query, *keys]).max()), float(np.abs(products).max())
    value_bound = float(np.abs(values).max())
    traces = [
        strip(query[None], -1.6, "x", bound, "query", name="query"),
        strip(keys, 0, "x", bound, "key", name="keys"),
        _bars(scores, "x2", INK_3, "score"),
        _bars(weights, "x3", ACCENT, "weight"),
        strip(terms, 0, "x4", value_bound, "weight × value", name="values"),
        strip(output[None], S + 0.6, "x4", value_bound, "output", name="output"),
    ]
    if sets is not None:
        for trace in (traces[1], traces[4]):
            clickable(trace, sets, None)
    drawn = figure(traces, margin=(64, 8, 26, 8), bargap=0.35)
    on, off = {"opacity": 1.0}, {"opacity": 0.0}
    compared = {"z": compact(keys), "zmin": -bound, "zmax": bound}
    multiplied = {"z": compact(products), "zmin": -product_bound, "zmax": product_bound}
    whole, weighed = {"z": compact(values)}, {"z": compact(terms)}
    states: list[tuple[dict[str, Any], ...]] = [  # keys, scores, weights, values, output
        (compared, off, off, whole | off, off),
        (multiplied, on, off, whole | off, off),
        (compared, on, on, whole | off, off),
        (compared, on, on, whole | on, off),
        (compared, on, on, weighed | on, on),
    ]
    stepped(drawn, STAGES, states, traces=[1, 2, 3, 4, 5])
    heads = {"x": "key", "x2": "q · k / √K", "x3": "weight", "x4": "value"}
    for axis, words in heads.items():
        middle = sum(COLUMNS[axis]) / 2
        drawn.add_annotation(**note(middle, 1, words, xref="paper", yref="paper", yanchor="bottom", yshift=4))
    drawn.add_annotation(**note(COLUMNS["x4"][0], S + 0.6, "sum", xref="paper", xanchor="right", xshift=-6))
    special: dict[str, dict[str, Any]] = {
        "x2": {"zeroline": True, "zerolinecolor": AXIS},
        "x3": {"range": [0, 1.1 * max(weights.max(), 0.25)]},
    }
    columns = {
        axis.replace("x", "xaxis"): BARE | {"domain": domain} | special.get(axis, {})
        for axis, domain in COLUMNS.items()
    }
    drawn.update_layout(columns, overwrite=True)  # merging them into what is there takes 10 ms
    token_axis(drawn, [*tokens], None, "y", token_size(S))
    drawn.update_yaxes(
        range=[S + 1.3, -2.3], tickvals=[-1.6, *range(S)], ticktext=["<b>query</b>", *drawn.layout.yaxis.ticktext]
    )
    return drawn


def _bars(values: np.ndarray, axis: str, colour: str, what: str) -> go.Bar:
    return go.Bar(
        x=compact(values), y=list(range(len(values))), orientation="h", xaxis=axis, name=f"{what}s",
        marker={"color": colour}, opacity=1.0, hovertemplate=f"{what} %{{x:.4f}}<extra>%{{y}}</extra>",
    )  # fmt: skip
