"""Token by token: what each one is given, and what comes of it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, DIVERGING, GRID, INK, INK_3, STAGE, clickable, compact, figure, plain, scale

BINS = 5
"""Widths of an arc: a trace takes one width for all its lines."""


def arcs(tokens: Sequence[str], weights: np.ndarray, query: int, *, sets: str | None = None) -> go.Figure:
    """Tokens on a line; from each, arcs to those that it attends to by ``weights`` (T, T), those of ``query`` in accent.

    Width is weight. A click on a token sets the control ``sets`` to its index.
    """
    traces = []
    for asking in (np.arange(len(tokens)) != query, np.arange(len(tokens)) == query):
        shown = np.where(asking[:, None], weights, 0)
        of_query = bool(asking[query])
        for step in range(1, BINS + 1):
            low, high = (step - 1) / BINS, step / BINS
            pairs = np.argwhere((shown > max(low, 0.02)) & (shown <= high if step < BINS else shown > low))
            if len(pairs):
                traces.append(_bundle(pairs, 0.6 + 5 * (low if step > 1 else 0.05), ACCENT if of_query else INK_3, of_query))
    marks = go.Scatter(
        x=list(range(len(tokens))),
        y=[0] * len(tokens),
        mode="markers",
        marker={"size": 9, "color": [ACCENT if t == query else INK_3 for t in range(len(tokens))]},
        customdata=[[t] for t in range(len(tokens))],
        text=[f"{plain(name)}<br>weight from the query {weights[query, t]:.3g}" for t, name in enumerate(tokens)],
        hovertemplate="%{text}<extra></extra>",
    )
    if sets is not None:
        clickable(marks, sets)
    drawn = figure([*traces, marks], margin=(12, 12, 4, 64), hoverdistance=-1)
    token_axis(drawn, tokens, query)
    drawn.update_xaxes(range=[-0.6, len(tokens) - 0.4])
    return drawn.update_yaxes(visible=False, range=[-0.08, 1.05])


def _bundle(pairs: np.ndarray, width: float, colour: str, strong: bool) -> go.Scatter:
    """Half ellipses over the line, one a (query, key) pair, as one trace; their height grows with the distance."""
    turn = np.linspace(0, np.pi, 17)
    reach = max(1, np.abs(pairs[:, 0] - pairs[:, 1]).max())
    x, y = [], []
    for query, key in pairs:
        half = (query - key) / 2
        x += [*(key + half - half * np.cos(turn)), np.nan]
        y += [*(np.sin(turn) * np.sqrt(abs(query - key) / max(reach, 1))), np.nan]
    return go.Scatter(
        x=compact(x), y=compact(y), mode="lines", line={"width": width, "color": colour},
        opacity=0.95 if strong else 0.28, hoverinfo="skip",
    )  # fmt: skip


def token_axis(drawn: go.Figure, tokens: Sequence[str], query: int | None = None, axis: str = "x", size: int = 12) -> None:
    """Tokens as the ticks of an axis that counts (a word may come twice); the query's stands bold."""
    names = [f"<b>{plain(name)}</b>" if index == query else plain(name) for index, name in enumerate(tokens)]
    update = drawn.update_xaxes if axis == "x" else drawn.update_yaxes
    update(
        tickmode="array", tickvals=list(range(len(tokens))), ticktext=names, showline=False, showgrid=False,
        tickfont={"size": size}, **({"tickangle": -60} if axis == "x" and len(tokens) > 8 else {}),
    )  # fmt: skip


def weighted_sum(
    tokens: Sequence[str], weights: np.ndarray, values: np.ndarray, output: np.ndarray, *, sets: str | None = None
) -> go.Figure:
    """How an output (K,) comes of ``weights`` (S,) and ``values`` (S, K): a row a token, its weight, weight times value.

    Frame s adds token s to the row “sum”; on the right how near the sum has come to ``output``, the module's own.
    A click on a row sets the control ``sets`` to the token's index.
    """
    S, K = values.shape
    terms = weights[:, None] * values
    sums = terms.cumsum(axis=0)
    near = sums @ output / np.maximum(np.linalg.norm(sums, axis=1) * np.linalg.norm(output), 1e-12)
    bound = float(max(np.abs(terms).max(), np.abs(output).max(), 1e-9))
    widest = 1.3 * float(max(weights.max(), 1.0))

    def strip(rows: np.ndarray, at: float, what: str) -> go.Heatmap:
        return go.Heatmap(
            z=compact(rows), y0=at, dy=1, xaxis="x2", colorscale=scale(DIVERGING), zmin=-bound, zmax=bound,
            showscale=False, xgap=1, ygap=2, hovertemplate=f"{what}, feature %{{x}}<br>%{{z:.3f}}<extra>%{{y}}</extra>",
        )  # fmt: skip

    table = strip(terms, 0, "weight × value")
    if sets is not None:
        clickable(table, sets, None)
    here = {"type": "scatter", "x": [near[-1]], "y": [S - 1]}
    traces = [
        go.Bar(
            x=compact(weights), y=list(range(S)), orientation="h", marker={"color": ACCENT}, textposition="outside",
            text=[f"{weight:.2f}" if weight >= 0.005 else "" for weight in weights], cliponaxis=False,
            hovertemplate="weight %{x:.4f}<extra>%{y}</extra>",
        ),
        table,
        strip(output[None], S + 1.5, "output"),
        go.Scatter(
            x=compact(near), y=list(range(S)), xaxis="x3", mode="lines", line={"color": INK_3, "width": 1.5},
            hovertemplate="cosine with the output %{x:.3f}<extra>after %{y}</extra>",
        ),
        strip(sums[-1:], S + 0.5, "sum so far"),
        go.Scatter(here, xaxis="x3", mode="markers", marker={"color": ACCENT, "size": 9}, hoverinfo="skip"),
        _veil(S, S, 0, widest, "x"),
        _veil(S, S, -0.5, K - 0.5, "x2"),
    ]  # fmt: skip
    drawn = figure(traces, margin=(64, 8, 8, 36), bargap=0.35)
    drawn.frames = [
        go.Frame(
            name=f"{s + 1}",
            data=[
                {"type": "heatmap", "z": compact(sums[s : s + 1])},
                {"type": "scatter", "x": [near[s]], "y": [s]},
                *({"type": "scatter", "x": veil.x, "y": veil.y} for veil in (_veil(s + 1, S, 0, widest, "x"), _veil(s + 1, S, -0.5, K - 0.5, "x2"))),
            ],
            traces=[4, 5, 6, 7],
        )
        for s in range(S)
    ]
    bare = {"showline": False, "showgrid": False, "zeroline": False, "showticklabels": False}
    return drawn.update_layout(
        xaxis={**bare, "domain": [0, 0.22], "range": [0, widest], "title": {"text": "weight", "standoff": 6}},
        xaxis2={**bare, "domain": [0.25, 0.87], "title": {"text": "weight × value", "standoff": 6}},
        xaxis3={**bare, "domain": [0.9, 1], "range": [min(0, float(near.min())), 1.1], "title": {"text": "nearness", "standoff": 6}},
        yaxis={
            "range": [S + 2.1, -0.6], "tickmode": "array", "tickvals": [*range(S), S + 0.5, S + 1.5],
            "ticktext": [*map(plain, tokens), "<b>sum</b>", "<b>output</b>"], "showgrid": False,
        },
    )  # fmt: skip


def _veil(done: int, count: int, left: float, right: float, axis: str) -> go.Scatter:
    """Covers the rows from ``done`` to ``count``: those still to be added."""
    top, bottom = done - 0.5, count - 0.5
    hidden = done >= count
    return go.Scatter(
        x=[None] if hidden else [left, right, right, left, left],
        y=[None] if hidden else [top, top, bottom, bottom, top],
        xaxis=axis, mode="lines", line={"width": 0}, fill="toself", fillcolor=STAGE, opacity=0.86, hoverinfo="skip",
    )  # fmt: skip
