"""Pairs of features as the hands of clocks, turned from frame to frame."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, AXIS, INK_3, MARK, SERIES, STAGE, figure

CELL, TALL = 400, 520  # a clock's cell in drawing units: whole numbers are short on the wire
RADIUS = 164
WEDGE = 0.86  # of the radius
NARROW = 4  # columns on a phone
ARC = 0.42  # radians between two points of an arc
FAINT = 0.02  # radians of a wedge too thin to see


def clocks(
    first: np.ndarray,
    second: np.ndarray,
    *,
    labels: Sequence[str],
    hover: Sequence[str],
    table: Mapping[str, Sequence[float]],
    frames: Sequence[str],
    start: int = 0,
    columns: int = 8,
    forward: bool = True,
) -> go.Figure:
    """Two hands a clock and the wedge between them.

    ``first`` and ``second`` (F, P, 2) hold the x and y of every hand in every frame; the longest of them reaches
    the rim. Angles count from the tick, against the watch. The wedge goes ``forward`` from the second hand to the
    first, or else the shorter way. ``labels`` stand under the clocks; ``table``
    is what the page shows for the figure as numbers, a column a name and a row a clock. Traces: “circles”,
    “zero angle”, “angle between”, “second vector”, “first vector”, “labels”.
    """
    frame_count, pairs, _ = first.shape
    rows = -(-pairs // columns)
    reach = RADIUS / max(float(np.hypot(*np.moveaxis(hands, -1, 0)).max()) for hands in (first, second))
    cell = np.arange(pairs)
    centre = np.stack([(cell % columns + 0.5) * CELL, (rows - cell // columns) * TALL - 0.5 * CELL], axis=-1)
    moving: list[list[dict[str, Any]]] = [
        [
            _wedges(centre, first[f] * reach, second[f] * reach, columns, forward),
            _hands(centre, second[f] * reach),
            _hands(centre, first[f] * reach),
        ]
        for f in range(frame_count)
    ]
    size = [0, 7, 0] * pairs
    quiet = {"mode": "lines", "hoverinfo": "skip"}
    hand = {"mode": "lines+markers"}
    drawn = figure(
        [
            go.Scatter(
                _rims(centre), name="circles", **quiet, line={"color": AXIS, "width": 1, "shape": "spline"}, opacity=0.7
            ),
            go.Scatter(_ticks(centre), name="zero angle", **quiet, line={"color": AXIS, "width": 1.5}),
            go.Scatter(
                moving[start][0], name="angle between", **quiet, fill="toself", fillcolor=MARK, line={"width": 0}
            ),
            go.Scatter(
                moving[start][1], name="second vector", **hand, line={"color": SERIES[1], "width": 2.3},
                marker={"size": size, "color": STAGE, "line": {"color": SERIES[1], "width": 2}, "opacity": 1},
                hoverinfo="skip",
            ),
            go.Scatter(
                moving[start][2], name="first vector", **hand, line={"color": ACCENT, "width": 2.3},
                marker={"size": size, "color": ACCENT, "line": {"width": 0}, "opacity": 1},
                text=[line for text in hover for line in ("", text, "")], hovertemplate="%{text}<extra></extra>",
            ),
            go.Scatter(
                x=centre[:, 0].astype(int).tolist(), y=(centre[:, 1] - RADIUS - 68).astype(int).tolist(),
                name="labels", mode="text", text=list(labels), textfont={"color": INK_3, "size": 12}, hoverinfo="skip",
            ),
        ],
        margin=(0, 0, 0, 0),
    )  # fmt: skip
    stepped(drawn, frames, moving, traces=[2, 3, 4])
    meta: dict[str, Any] = {"table": {"head": list(table), "rows": [list(row) for row in zip(*table.values())]}}
    if columns > NARROW:  # the page lays them out anew on a phone
        after = -(-pairs // NARROW)
        meta["fold"] = {
            "cell": [CELL, TALL],
            "columns": columns,
            "to": NARROW,
            "rows": rows,
            "after": after,
            "below": 480,
        }
    drawn.update_layout(meta=meta)
    drawn.update_xaxes(visible=False, range=[0, columns * CELL])
    drawn.update_yaxes(visible=False, range=[8, rows * TALL + 24], scaleanchor="x")
    return drawn


def _path(points: Sequence[np.ndarray]) -> dict[str, list[int | None]]:
    """Strokes (N, 2) one after the other, a gap after each."""
    x: list[int | None] = []
    y: list[int | None] = []
    for stroke in points:
        whole = np.rint(stroke).astype(int)
        x += [*whole[:, 0].tolist(), None]
        y += [*whole[:, 1].tolist(), None]
    return {"x": x, "y": y}


def _hands(centre: np.ndarray, hand: np.ndarray) -> dict[str, list[int | None]]:
    return _path([np.stack([c, c + h]) for c, h in zip(centre, hand)])


def _rims(centre: np.ndarray) -> dict[str, list[int | None]]:
    angle = np.linspace(0, 2 * np.pi, 17)
    return _path(list(centre[:, None] + RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=-1)))


def _ticks(centre: np.ndarray) -> dict[str, list[int | None]]:
    return _path(list(centre[:, None] + RADIUS * np.array([[0.92, 0.0], [1.06, 0.0]])))


def _wedges(
    centre: np.ndarray, first: np.ndarray, second: np.ndarray, columns: int, forward: bool
) -> dict[str, np.ndarray]:
    """Sectors as long as the shorter hand, all as one path without gaps, which would forbid two-byte numbers.

    The way between centres is walked there and back, and so fills nothing, folded or not.
    """
    begin = np.arctan2(second[:, 1], second[:, 0])
    sweep = (np.arctan2(first[:, 1], first[:, 0]) - begin) % (2 * np.pi)
    if not forward:
        sweep = (sweep + np.pi) % (2 * np.pi) - np.pi
    length = WEDGE * np.minimum(np.hypot(*first.T), np.hypot(*second.T))
    path = []
    for row in range(0, len(centre), columns):
        those = slice(row, row + columns)
        for c, a, turn, long in zip(centre[those], begin[those], sweep[those], length[those]):
            angle = a + turn * np.linspace(0, 1, 2 + int(abs(turn) / ARC))
            arc = c + long * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
            path.append(np.concatenate([c[None], arc, c[None]]) if FAINT < abs(turn) < 2 * np.pi - FAINT else c[None])
        path.append(centre[those][::-1])
    x, y = np.rint(np.concatenate(path)).astype(np.int16).T
    return {"x": x.copy(), "y": y.copy()}
