"""A text on an axis: tokens as ticks, a vector a token as a row of cells, arcs from a token to those it looks at."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, DIVERGING, INK_3, SERIES, clickable, compact, figure, plain, scale

WIDTHS = (0.8, 1.6, 2.6, 3.8, 5.2)
"""Pixels of an arc by its weight, in fifths of one: a trace takes one width for all its lines."""

BARE = {"showline": False, "showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
"""An axis of which only its title is to be seen."""

FAINTEST, FAINTEST_OF_OTHERS = 0.02, 0.1
"""No arc below this weight: of the query, of other tokens. A row has at most ten tenths, so arcs stay few."""


def token_size(count: int) -> int:
    """Font size, in pixels, at which so many tokens stand one under the other in a figure of usual height."""
    return 12 if count <= 22 else 10 if count <= 30 else 8


def token_axis(drawn: go.Figure, tokens: Sequence[str], query: int | None, axis: str, size: int = 12) -> None:
    """Tokens as the ticks of axis “x” or “y”, which counts: a word may come twice. The query's stands bold."""
    names = [f"<b>{plain(name)}</b>" if index == query else plain(name) for index, name in enumerate(tokens)]
    update = drawn.update_xaxes if axis == "x" else drawn.update_yaxes
    update(
        tickmode="array", tickvals=list(range(len(tokens))), ticktext=names, ticklabelstandoff=3,
        showline=False, showgrid=False, tickfont={"size": size},
    )  # fmt: skip


def strip(rows: np.ndarray, at: float, axis: str, bound: float, what: str, *, name: str) -> go.Heatmap:
    """Vectors (R, K) as rows of cells from ``at`` downwards, coloured from −``bound`` to ``bound``."""
    return go.Heatmap(
        z=compact(rows), y0=at, dy=1, xaxis=axis, name=name, colorscale=scale(DIVERGING), zmin=-bound, zmax=bound,
        showscale=False,
        xgap=1, ygap=2, opacity=1.0, hovertemplate=f"{what}, feature %{{x}}<br>%{{z:.3f}}<extra>%{{y}}</extra>",
    )  # fmt: skip


def token_bars(
    tokens: Sequence[str], series: Mapping[str, np.ndarray], *, query: int | None = None, sets: str | None = None
) -> go.Figure:
    """Bars over the tokens of a text, side by side, a trace per series, of its name, in c1, c2, …

    A click on a bar sets the control ``sets`` to the token's index.
    """
    bars = [
        go.Bar(
            x=list(range(len(tokens))), y=compact(values), name=name, marker={"color": SERIES[index]},
            hovertemplate=f"{name} %{{y:.4f}}<extra>%{{x}}</extra>",
        )
        for index, (name, values) in enumerate(series.items())
    ]  # fmt: skip
    if sets is not None:
        for bar in bars:
            clickable(bar, sets)
    drawn = figure(bars, margin=(36, 8, 8, 58), bargap=0.25, barmode="group", hovermode="x")
    token_axis(drawn, tokens, query, "x", token_size(len(tokens)))
    return drawn.update_xaxes(tickangle=-60, showline=True)


def over(drawn: go.Figure, values: np.ndarray, name: str) -> go.Figure:
    """A dashed line over bars of the same tokens: what they are to be measured by. Trace: ``name``."""
    return drawn.add_scatter(
        x=list(range(len(values))), y=compact(values), name=name, mode="lines",
        line={"color": INK_3, "width": 1.5, "dash": "dash"}, hovertemplate=f"{name} %{{y:.4f}}<extra>%{{x}}</extra>",
    )  # fmt: skip


def arcs(tokens: Sequence[str], weights: np.ndarray, query: int, *, sets: str | None = None) -> go.Figure:
    """Tokens on a line and, over it, an arc from each to those that it looks at by ``weights`` (T, T): the thicker, the
    more. Those of ``query`` are in the accent colour. A click on a token sets the control ``sets`` to its index.

    Traces: “weights of the query, fifth 1” … (as far as there are any), “weights of others, fifth 1” …, “tokens”.
    """
    T = len(tokens)
    bundles = []
    others = ("others", np.arange(T) != query, INK_3, 0.22, FAINTEST_OF_OTHERS)
    for whose, asking, colour, opacity, faintest in (others, ("the query", ~others[1], ACCENT, 0.95, FAINTEST)):
        shown = np.where(asking[:, None], weights, 0)
        fifth = np.minimum(np.floor(5 * shown), 4)
        for step, width in enumerate(WIDTHS):
            pairs = np.argwhere((shown >= faintest) & (fifth == step))
            if len(pairs):
                bundles.append(_bundle(pairs, T, width, colour, opacity, f"weights of {whose}, fifth {step + 1}"))
    marks = go.Scatter(
        x=list(range(T)),
        y=[0] * T,
        name="tokens",
        mode="markers",
        marker={"size": 9, "color": [ACCENT if t == query else INK_3 for t in range(T)]},
        customdata=[[t] for t in range(T)],
        text=[f"{plain(name)}<br>weight {weights[query, t]:.3g}" for t, name in enumerate(tokens)],
        hovertemplate="%{text}<extra></extra>",
    )
    if sets is not None:
        clickable(marks, sets)
    drawn = figure([*bundles, marks], margin=(12, 12, 4, 58), hoverdistance=-1)
    token_axis(drawn, tokens, query, "x", token_size(T))
    drawn.update_xaxes(range=[-0.6, T - 0.4], tickangle=-60)
    return drawn.update_yaxes(visible=False, range=[-0.06, 1.04])


def _bundle(pairs: np.ndarray, count: int, width: float, colour: str, opacity: float, name: str) -> go.Scatter:
    """Arcs of one width as one trace; the farther the key, the higher. A look at oneself is a small loop."""
    turn = np.linspace(0, np.pi, 15)
    xs, ys = [], []
    for query, key in pairs:
        half = (query - key) / 2
        ring = 0.25 * np.sin(2 * turn) if query == key else -half * np.cos(turn)
        xs.append([*(key + half + ring), np.nan])
        ys.append([*(np.sin(turn) * np.sqrt(max(query - key, 0.35) / count)), np.nan])
    return go.Scatter(
        x=compact(np.ravel(xs)), y=compact(np.ravel(ys)), name=name, mode="lines",
        line={"width": width, "color": colour}, opacity=opacity, hoverinfo="skip",
    )  # fmt: skip
