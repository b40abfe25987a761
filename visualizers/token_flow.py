"""A text on its way through a network: tokens as columns, states as rows, and between them what is passed on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import left_empty
from visualizers.theme import (
    ACCENT,
    AXIS,
    GRID,
    INK,
    INK_3,
    SEQUENTIAL,
    STAGE,
    clickable,
    compact,
    figure,
    plain,
    scale,
)

TOP, BELOW = 0.62, 0.46
"""Of a circle: how far above the first row of states, and below the row whose stream it is."""
PRESSED = 9
"""Pixels around a circle within which a press is its own; further away it is the cell's."""
CELL = 0.46
"""Height of a row of states, as a share of the distance between two rows."""
LIT = 0.3
"""A line is lit where the states that it joins are both above this."""
WEIGHTS = (0.3, 0.5, 0.75, np.inf)
"""Lit lines of these weights have these widths in pixels; other lines are thin, and are drawn from the second on."""
WIDTHS = (1.4, 2.4, 3.4)


def token_flow(
    values: np.ndarray,
    weights: np.ndarray,
    *,
    tokens: Sequence[str],
    rows: Sequence[str],
    keys: Sequence[Sequence[Any]],
    sets: tuple[str, ...],
    end: str,
    end_key: Sequence[Any],
    off: Sequence[bool],
    picked: tuple[int, int] | None = None,
    hidden: int | None = None,
    token_key: Sequence[Any] = (),
    streams: Mapping[int, Sequence[Any]] | None = None,
) -> go.Figure:
    """States of ``values`` (R, T) from 0 to 1, dark is much, and lines of ``weights`` (R − 1, T, T), query first.

    ``rows`` names each row; those that are ``off`` are struck through. ``end`` stands under the last token. A click on
    a state sets the controls ``sets`` to the row's ``keys`` and, last, the token's number. ``picked`` is framed.

    ``hidden`` is a token that the last one may not attend to: its name is struck through. A circle above each column
    is the token, with ``token_key``; circles below the rows of ``streams`` are the stream there, with these keys.

    Traces: “passed on”, “passed on, needed 1” to “3” (lines by weight), “stream”, “states”, “tokens”, “between blocks”,
    “prediction”.
    """
    (R, T), streams = values.shape, streams or {}
    foot = R + (0.15 if R - 1 in streams else -0.1)
    edges = np.concatenate([[row - CELL / 2, row + CELL / 2] for row in range(R)])
    sheet = np.full((2 * R - 1, T), np.nan)
    sheet[::2] = values
    pick = np.empty((2 * R - 1, T, len(keys[0]) + 1), dtype=object)
    for row in range(R):
        for token in range(T):
            pick[2 * row, token] = [*keys[row], token]
    states = go.Heatmap(
        z=compact(sheet), x0=0, dx=1, y=edges, name="states", colorscale=scale(SEQUENTIAL), zmin=0, zmax=1,
        showscale=False, xgap=2, customdata=pick.tolist(), hoverongaps=False, hovertemplate="%{z:.1%}<extra></extra>",
    )  # fmt: skip
    clickable(left_empty(states), *sets)
    along = np.arange(T - 1, max(T - 5, -1), -0.5)  # the words stand left of their point, and all of them are pressed
    said = go.Scatter(
        x=compact(along), y=[foot - 0.25] * len(along), name="prediction", mode="text",
        text=[f"<b>{plain(end)}</b>", *[""] * (len(along) - 1)], hoverinfo="none",
        textposition="middle left" if T > 3 else "middle center", textfont={"size": 13, "color": ACCENT},
        customdata=[[*end_key, T - 1]] * len(along), cliponaxis=False,
    )  # fmt: skip
    clickable(said, *sets)
    above = [(token, -TOP, [*token_key, token], plain(name)) for token, name in enumerate(tokens) if token_key]
    between = [
        (token, row + BELOW, [*key, token], "stream")
        for row, key in streams.items() for token in range(T)
    ]  # fmt: skip
    drawn = figure(
        [_stream(R, T), *_lines(values, weights), states, _circles("tokens", above, sets),
         _circles("between blocks", between, sets), said],
        margin=(84, 8, 62, 4),
    )  # fmt: skip
    drawn.update_layout(hoverdistance=PRESSED)
    drawn.update_xaxes(
        tickmode="array",
        tickvals=list(range(T)),
        ticktext=list(map(plain, tokens)),
        side="top",
        tickangle=-60,
        showline=False,
        range=[-0.6, T - 0.4],
        tickfont={"size": 12 if T <= 22 else 10},
    )
    drawn.update_yaxes(
        tickmode="array", tickvals=list(range(R)), showgrid=False, range=[foot, -TOP - 0.25 if above else -0.5],
        ticktext=[f"{struck(name, gone)} " for name, gone in zip(rows, off, strict=True)],
    )  # fmt: skip
    if picked is not None:
        row, token = picked
        drawn.add_shape(
            type="rect", x0=token - 0.5, x1=token + 0.5, y0=row - CELL / 2, y1=row + CELL / 2,
            line={"color": INK, "width": 2},
        )  # fmt: skip
    return drawn


def _circles(name: str, points: Sequence[tuple[int, float, list[Any], str]], sets: tuple[str, ...]) -> go.Scatter:
    """Small circles to be clicked: each with its place, what it sets and its name."""
    circles = go.Scatter(
        x=[x for x, *_ in points], y=[y for _, y, *_ in points], name=name, mode="markers",
        marker={"size": 7, "color": STAGE, "line": {"width": 1.5, "color": INK_3}},
        customdata=[key for _, _, key, _ in points], hovertext=[said for *_, said in points],
        hovertemplate="%{hovertext}<extra></extra>", cliponaxis=False,
    )  # fmt: skip
    return clickable(circles, *sets)


def struck(name: str, gone: bool) -> str:
    """The name, struck through where what it names is left out."""
    return f"<s>{plain(name)}</s>" if gone else plain(name)


def _stream(R: int, T: int) -> go.Scatter:
    """The vertical line of every token: what is not changed is passed on."""
    x = np.tile(np.repeat(np.arange(T), 3), R - 1)
    gaps = np.stack([np.arange(R - 1) + CELL / 2, np.arange(1, R) - CELL / 2, np.full(R - 1, np.nan)], axis=1)
    y = np.tile(gaps[:, None], (1, T, 1)).ravel()
    return go.Scatter(
        x=compact(x), y=compact(y), name="stream", mode="lines", line={"color": GRID, "width": 3}, hoverinfo="skip",
        meta={"gaps": True},
    )  # fmt: skip


def _lines(values: np.ndarray, weights: np.ndarray) -> list[go.Scatter]:
    """From the row above to the row below; those that join two needed states stand out, wider for more weight."""
    row, query, key = np.nonzero(weights >= WEIGHTS[0])
    lit = (values[row, key] >= LIT) & (values[row + 1, query] >= LIT)
    weight, moved = weights[row, query, key], query != key
    gaps = np.full(len(row), np.nan)
    x = np.stack([key, query, gaps], axis=1)
    y = np.stack([row + CELL / 2, row + 1 - CELL / 2, gaps], axis=1)

    def lines(chosen: np.ndarray, name: str, colour: str, width: float, opacity: float) -> go.Scatter:
        return go.Scatter(
            x=compact(x[chosen].ravel()), y=compact(y[chosen].ravel()), name=name, mode="lines", hoverinfo="skip",
            meta={"gaps": True}, line={"color": colour, "width": width}, opacity=opacity,
        )  # fmt: skip

    found = [lines(moved & ~lit & (weight >= WEIGHTS[1]), "passed on", AXIS, 1, 0.45)]
    for number, width in enumerate(WIDTHS):
        inside = (weight >= WEIGHTS[number]) & (weight < WEIGHTS[number + 1])
        found.append(lines(moved & lit & inside, f"passed on, needed {number + 1}", ACCENT, width, 1))
    return found
