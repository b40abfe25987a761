"""A car on its road, and beside it the map of the cells that steer it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, AXIS, DIVERGING, FAILED, INK, INK_2, SERIES, compact, figure, note, scale

AHEAD, BEHIND, SIDE = 34.0, 10.0, 15.0
"""Metres of road that are shown before and behind the car, and to each side."""

COLUMNS = (44.0, 58.0, 72.0, 86.0)
"""Where sensors, inter, command and motor cells stand."""

TITLES = ("sensors", "inter", "command", "motor")


def places(counts: Sequence[int]) -> np.ndarray:
    """Where ``counts`` of each column stand, from the top down: (N, 2)."""
    found = []
    for x, count in zip(COLUMNS, counts, strict=True):
        y = np.linspace(SIDE - 2.5, 1 - SIDE, count) if count > 1 else np.zeros(1)
        found.append(np.stack([np.full(count, x), y], -1))
    return np.concatenate(found)


def driving(
    edges: Sequence[np.ndarray],
    trail: np.ndarray,
    *,
    counts: Sequence[int],
    synapses: np.ndarray,
    potentials: np.ndarray,
    sensed: np.ndarray,
) -> go.Figure:
    """``edges`` of the road and the car's ``trail`` (T, 2), in metres seen from the car, which stands at 0 and looks
    right; ``synapses`` (N, N) are signs between sensors and cells, N in all.

    Cells are coloured by ``potentials`` from −1 to 1, sensors by ``sensed`` from 0 to 1. Traces: “road”, “trail”,
    “car”, “excitatory synapses”, “inhibitory synapses”, “sensors”, “cells”, “silenced”.
    """
    nodes = places(counts)
    gap = np.full((1, 2), np.nan)
    road = np.concatenate([part for edge in edges for part in (edge, gap)])
    lines = []
    for name, sign, colour, dash in (
        ("excitatory synapses", 1, SERIES[2], "solid"), ("inhibitory synapses", -1, FAILED, "dot"),
    ):  # fmt: skip
        ends = np.argwhere(synapses == sign)
        path = np.stack([nodes[ends[:, 0]], nodes[ends[:, 1]], np.full((len(ends), 2), np.nan)], 1).reshape(-1, 2)
        lines.append(go.Scatter(
            x=compact(path[:, 0]), y=compact(path[:, 1]), name=name, mode="lines", hoverinfo="skip", opacity=0.3,
            line={"color": colour, "width": 1, "dash": dash}, meta={"gaps": True},
        ))  # fmt: skip
    N = counts[0]
    drawn = figure([
        go.Scatter(x=compact(road[:, 0]), y=compact(road[:, 1]), name="road", mode="lines", hoverinfo="skip",
                   line={"color": AXIS, "width": 2}, meta={"gaps": True}),
        go.Scatter(x=compact(trail[:, 0]), y=compact(trail[:, 1]), name="trail", mode="lines", hoverinfo="skip",
                   line={"color": ACCENT, "width": 2, "dash": "dot"}, meta={"gaps": True}),
        go.Scatter(x=[0.0], y=[0.0], name="car", mode="markers", hoverinfo="skip",
                   marker={"symbol": "triangle-right", "size": 16, "color": ACCENT}),
        *lines,
        _glowing(nodes[:N], sensed, "sensors", "square", (0.0, 1.0), 11),
        _glowing(nodes[N:], potentials, "cells", "circle", (-1.0, 1.0), 17),
        go.Scatter(x=[None], y=[None], name="silenced", mode="markers", hoverinfo="skip", meta={"gaps": True},
                   marker={"symbol": "x", "size": 12, "color": INK}),
    ], margin=(4, 4, 4, 4), annotations=[
        note(x, SIDE, title, colour=INK_2, yanchor="bottom", yshift=14 * (place % 2))  # else they touch on a phone
        for place, (x, title) in enumerate(zip(COLUMNS, TITLES, strict=True))
    ])  # fmt: skip
    drawn.update_xaxes(range=[-BEHIND, COLUMNS[-1] + 4], showticklabels=False, showline=False)
    drawn.update_yaxes(range=[-SIDE, SIDE + 4], showticklabels=False, showgrid=False)
    return drawn


def _glowing(
    at: np.ndarray, values: np.ndarray, name: str, symbol: str, ends: tuple[float, float], size: int
) -> go.Scatter:
    return go.Scatter(
        x=compact(at[:, 0]), y=compact(at[:, 1]), name=name, mode="markers", customdata=compact(values),
        hovertemplate=f"{name}: %{{customdata:.2f}}<extra></extra>",
        marker={
            "symbol": symbol, "size": size, "color": compact(values), "cmin": ends[0], "cmax": ends[1],
            "colorscale": scale(DIVERGING), "line": {"color": INK, "width": 1},
        },
    )  # fmt: skip
