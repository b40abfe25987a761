"""How an attention output comes of weights and values, one token after the other."""

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, INK_3, STAGE, clickable, compact, figure
from visualizers.tokens import BARE, strip, token_axis, token_size


def weighted_sum(
    tokens: Sequence[str], weights: np.ndarray, values: np.ndarray, output: np.ndarray, *, sets: str | None = None
) -> go.Figure:
    """A row a token: its weight out of ``weights`` (S,), and weight times value, from ``values`` (S, K).

    Frame s adds token s to the row “sum”, over the row of the module's own ``output`` (K,); on the right, the cosine
    of the two. A click on a row sets the control ``sets`` to the token's index. Traces: “weights”, “weighted
    values”, “output”, “cosines”, “sum”, “cosine so far”, and two covers.
    """
    S, K = values.shape
    terms = weights[:, None] * values
    sums = terms.cumsum(axis=0)
    near = cosines(sums, output)
    bound = float(max(np.abs(terms).max(), np.abs(output).max(), 1e-9))
    lowest = min(0.0, float(near.min()))
    widest = 1.75 * float(max(weights.max(), 0.25))
    table = strip(terms, 0, "x2", bound, "weight × value", name="weighted values")
    if sets is not None:
        clickable(table, sets, None)
    traces = [
        go.Bar(
            x=compact(weights), y=list(range(S)), orientation="h", name="weights", marker={"color": ACCENT},
            textposition="outside",
            text=[f"{weight:.2f}" if weight >= 0.01 else "" for weight in weights], cliponaxis=False,
            hovertemplate="weight %{x:.4f}<extra>%{y}</extra>",
        ),
        table,
        strip(output[None], S + 1.6, "x2", bound, "output", name="output"),
        go.Scatter(
            x=compact(near), y=list(range(S)), xaxis="x3", name="cosines", mode="lines",
            line={"color": INK_3, "width": 1.5},
            hovertemplate="cosine of sum and output %{x:.3f}<extra>after %{y}</extra>",
        ),
        strip(sums[-1:], S + 0.6, "x2", bound, "sum so far", name="sum"),
        go.Scatter(
            x=[near[-1]], y=[S - 1], xaxis="x3", name="cosine so far", mode="markers",
            marker={"color": ACCENT, "size": 9}, hoverinfo="skip",
        ),
        _veil(S, S, 0, widest, "x", "cover of the weights"),
        _veil(S, S, -0.5, K - 0.5, "x2", "cover of the weighted values"),
    ]  # fmt: skip
    drawn = figure(traces, margin=(64, 10, 8, 34), bargap=0.35)
    moving: Iterator[list[Patch]] = (
        [
            {"z": compact(sums[s : s + 1])},
            {"x": compact(near[s : s + 1]), "y": [s]},
            _outline(s + 1, S, 0, widest),
            _outline(s + 1, S, -0.5, K - 0.5),
        ]
        for s in range(S)
    )
    stepped(drawn, [str(s + 1) for s in range(S)], moving, traces=[4, 5, 6, 7])
    columns = {
        "xaxis": BARE | {"domain": [0, 0.22], "range": [0, widest], "title": _title("weight")},
        "xaxis2": BARE | {"domain": [0.25, 0.86], "title": _title("weight × value")},
        "xaxis3": BARE | {"domain": [0.9, 1], "range": [lowest - 0.05, 1.12], "title": _title("cosine")},
    }
    drawn.update_layout(columns, overwrite=True)  # merging them into what is there takes 10 ms
    token_axis(drawn, tokens, None, "y", token_size(S))
    return drawn.update_yaxes(
        range=[S + 2.2, -0.6],
        tickvals=[*range(S), S + 0.6, S + 1.6],
        ticktext=[*drawn.layout.yaxis.ticktext, "<b>sum</b>", "<b>output</b>"],
    )


def cosines(rows: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The cosine of each row (R, K) with ``target`` (K,); 0 for a row of zeros."""
    length = np.linalg.norm(rows, axis=1) * np.linalg.norm(target)
    return np.asarray(rows @ target / np.maximum(length, 1e-12))


def _title(words: str) -> dict[str, object]:
    return {"text": words, "standoff": 8, "font": {"size": 12}}


def _outline(done: int, count: int, left: float, right: float) -> dict[str, list[float | None]]:
    """Around the rows from ``done`` to ``count``: those still to be added."""
    top, bottom = done - 0.5, count - 0.5
    if done >= count:
        return {"x": [None], "y": [None]}
    return {"x": [left, right, right, left, left], "y": [top, top, bottom, bottom, top]}


def _veil(done: int, count: int, left: float, right: float, axis: str, name: str) -> go.Scatter:
    return go.Scatter(
        _outline(done, count, left, right), xaxis=axis, name=name, mode="lines", line={"width": 0},
        fill="toself", fillcolor=STAGE, opacity=0.86, hoverinfo="skip",
    )  # fmt: skip
