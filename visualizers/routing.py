"""Tokens on their way to the experts of one layer: lines that fall into a histogram."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import INK, INK_3, SERIES, compact, figure, note, plain
from visualizers.tokens import token_axis

TOP, MOUTH = 2.0, 1.14
"""Heights of the tokens and of the mouths of the bins; the histogram has the height 0 to 1."""

COUNT = 0.17
"""Height of a count over its bar."""


def assignments(tokens: Sequence[str], chosen: np.ndarray, gates: np.ndarray, experts: int) -> go.Figure:
    """Each token falls to its experts, ``chosen`` (T, k) with ``gates`` (T, k), best first; below, the load so far.

    Frame t draws the lines of token t strongly and counts the tokens up to it. The dashed line is a uniform load.
    Traces: “expert 0” …, “load”, “counts”, “token”, “choice 1” … “choice k”.
    """
    T, k = chosen.shape
    counts = np.stack([np.bincount(chosen[: t + 1].ravel(), minlength=experts) for t in range(T)])  # (T, E)
    shares = counts / ((np.arange(T) + 1)[:, None] * k)
    full = 1.15 * max(float(shares[-1].max()), 1.6 / experts)
    mouths = (np.arange(experts) + 0.5) * T / experts - 0.5
    left, right, even = -0.6, T - 0.4, 1 / experts / full
    colours = [SERIES[e % len(SERIES)] for e in range(experts)]

    faint = []
    for e in range(experts):
        paths = [_path(t, mouths[e]) for t, rank in np.argwhere(chosen == e)]
        x = np.concatenate([[*path, np.nan] for path, _ in paths]) if paths else [None]
        y = np.concatenate([[*path, np.nan] for _, path in paths]) if paths else [None]
        faint.append(_line(x, y, 1.5, colours[e], 0.32, f"expert {e}"))

    def now(t: int) -> list[Patch]:
        """What a frame changes: the bars, the mark on the token, and its k lines."""
        lines = [
            {"x": compact(x), "y": compact(y), "line": {"width": 1.5 + 5 * float(gate), "color": colours[e]}}
            for e, gate in zip(chosen[t], gates[t], strict=True)
            for x, y in [_path(t, mouths[e])]
        ]
        tops = np.minimum(shares[t] / full, 1.08)
        written = [f"{count}" if count else "" for count in counts[t]]
        clear = np.where((tops < even) & (tops > even - COUNT), even, tops)  # the dashed line crosses no count
        return [{"y": compact(tops), "text": written}, {"y": compact(clear), "text": written}, {"x": [t]}, *lines]

    bars, count, mark, *lines = now(T - 1)
    traces = [
        *faint,
        go.Bar(
            x=compact(mouths), **bars, name="load", marker={"color": colours}, width=0.72 * T / experts,
            textposition="none",
            customdata=[f"expert {e}" for e in range(experts)],
            hovertemplate="%{customdata}<br>%{text} assignments<extra></extra>",
        ),
        go.Scatter(
            **count, x=compact(mouths), name="counts", mode="text", textposition="top center", hoverinfo="skip",
            cliponaxis=False,
        ),
        go.Scatter(
            **mark, y=[TOP], name="token", mode="markers", marker={"size": 9, "color": INK}, hoverinfo="skip",
            cliponaxis=False,
        ),
        *(
            go.Scatter(line, name=f"choice {rank}", mode="lines", hoverinfo="skip")
            for rank, line in enumerate(lines, start=1)
        ),
    ]  # fmt: skip
    drawn = figure(
        traces,
        margin=(12, 40, 64, 36),
        shapes=[
            {
                "type": "line",
                "x0": left,
                "x1": right,
                "y0": y,
                "y1": y,
                "line": {"color": colour, "width": 1.2, "dash": dash},
            }
            for y, colour, dash in ((0, INK_3, "solid"), (even, INK, "dash"))
        ],
        annotations=[
            note(right, even, "uniform", colour=INK, xanchor="left", xshift=2),
            note(0.5, 0, "expert", xref="paper", yanchor="top", yshift=-17),
            *(note(float(mouths[e]), 0, f"{e}", yanchor="top", yshift=-2) for e in range(experts)),
        ],
    )
    token_axis(drawn, tokens, None, "x")
    drawn.update_layout(
        xaxis={"side": "top", "range": [-0.7, T - 0.3], "tickangle": -60},
        yaxis={"visible": False, "range": [-0.02, TOP + 0.04]},
    )
    changed = range(experts, experts + 3 + k)
    return stepped(drawn, list(map(plain, tokens)), map(now, range(T)), changed)


def _path(token: float, mouth: float) -> tuple[np.ndarray, np.ndarray]:
    """From the token straight down, across, and straight down into the bin."""
    s = np.linspace(0, 1, 17)
    return token + (mouth - token) * s * s * (3 - 2 * s), TOP - 0.06 - (TOP - 0.06 - MOUTH) * s


def _line(x: object, y: object, width: float, colour: str, opacity: float, name: str) -> go.Scatter:
    return go.Scatter(
        x=compact(x),
        y=compact(y),
        name=name,
        mode="lines",
        line={"width": width, "color": colour},
        opacity=opacity,
        hoverinfo="skip",
    )
