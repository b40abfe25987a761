"""A network whose edges are curves: a small chart in the middle of every edge, nodes that add."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, AXIS, INK, INK_2, MARK, STAGE, WELL, compact, figure, note

WIDTH, GAP, EDGE = 0.26, 0.16, 0.08
"""A chart's width; the share of its height that stays empty below it; between a curve and the frame of its chart."""


class EdgeCurve(NamedTuple):
    """The curve of the edge from node ``source`` of one layer to node ``target`` of the next.

    ``y`` (S, C) along ``x`` (S, C), one row a frame; ``expected`` (C,) is drawn behind it at all frames, and named
    ``says``. ``ends`` (S, 2) is where the grid of the edge begins and ends.
    """

    name: str
    layer: int
    source: int
    target: int
    x: np.ndarray
    y: np.ndarray
    ends: np.ndarray
    expected: np.ndarray | None = None
    says: str = ""


class _Box(NamedTuple):
    left: float
    right: float
    bottom: float
    top: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2

    def across(self, share: np.ndarray) -> np.ndarray:
        return self.left + EDGE * (self.right - self.left) + (1 - 2 * EDGE) * (self.right - self.left) * share

    def up(self, share: np.ndarray) -> np.ndarray:
        room = EDGE * (self.top - self.bottom)
        return self.bottom + 1.5 * room + (self.top - self.bottom - 3 * room) * share


def _spread(count: int) -> list[float]:
    """Places of the nodes of one layer, from the top down."""
    return [1 - (number + 0.5) / count for number in range(count)]


def curve_network(
    layers: Sequence[Sequence[str]], curves: Sequence[EdgeCurve], *, frames: Sequence[str] = (), start: int = 0
) -> go.Figure:
    """``layers`` names the nodes, inputs first. Every chart has a scale of its own, across and up.

    Traces: “edges”, “expected”, “grid ends”, one per curve, of its name, and “nodes”.
    """
    columns = [number / (len(layers) - 1) for number in range(len(layers))]
    boxes = _boxes(layers, curves, columns)
    scaled = [_scaled(curve, box) for curve, box in zip(curves, boxes)]
    lines = [
        go.Scatter(
            x=compact(across), y=compact(up[start]), name=curve.name, mode="lines",
            line={"color": ACCENT, "width": 2.2}, meta={"gaps": True},
            hovertemplate=f"{curve.name}<extra></extra>",
        )
        for curve, (across, up, _, _) in zip(curves, scaled)
    ]  # fmt: skip
    ends = [_grid_ends(boxes, scaled, at) for at in range(max(1, len(frames)))]
    grid = go.Scatter(
        **ends[start], name="grid ends", mode="lines", line={"color": INK_2, "width": 1, "dash": "dot"},
        hoverinfo="skip", meta={"gaps": True},
    )  # fmt: skip
    traces = [_edges(layers, curves, columns, boxes), _expected(scaled), grid, *lines, _nodes(layers, columns)]
    drawn = figure(traces, x_range=(-0.07, 1.07), y_range=(-0.01, 1.01), margin=(4, 4, 4, 4))
    drawn.update_xaxes(showticklabels=False, showline=False)
    drawn.update_yaxes(showticklabels=False, showgrid=False)
    for curve, box in zip(curves, boxes):
        drawn.add_shape(
            type="rect", x0=box.left, x1=box.right, y0=box.bottom, y1=box.top, layer="below",
            fillcolor=WELL, line={"color": AXIS, "width": 1},
        )  # fmt: skip
        if curve.says:
            drawn.add_annotation(
                **note(box.left, box.top, curve.says, colour=INK, xanchor="left", yanchor="bottom", yshift=1)
            )
    if not frames:
        return drawn
    patches = ([ends[at], *({"y": compact(up[at])} for _, up, _, _ in scaled)] for at in range(len(frames)))
    return stepped(drawn, frames, patches, list(range(2, 3 + len(curves))))


def _boxes(layers: Sequence[Sequence[str]], curves: Sequence[EdgeCurve], columns: Sequence[float]) -> list[_Box]:
    """Charts of one layer of edges stand in a column, those that lead to the uppermost node on top."""
    boxes = []
    for curve in curves:
        own = sorted((one.target, one.source) for one in curves if one.layer == curve.layer)
        place, height = own.index((curve.target, curve.source)), 1 / len(own)
        middle = (columns[curve.layer] + columns[curve.layer + 1]) / 2
        top = 1 - place * height - GAP / 2 * height
        boxes.append(_Box(middle - WIDTH / 2, middle + WIDTH / 2, top - (1 - GAP) * height, top))
    return boxes


def _scaled(curve: EdgeCurve, box: _Box) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray]:
    """The curve (C,), (S, C), what is expected of it (C,) and the ends of its grid (S, 2), all inside the box.

    What is not finite, and grid ends outside the range of ``x``, become gaps.
    """
    last = curve.y[-1] if curve.expected is None else np.concatenate([curve.y[-1], curve.expected])
    low, high = np.nanmin(last), np.nanmax(last)
    share = np.linspace(0, 1, curve.x.shape[1])
    ups = []
    for row in curve.y:
        own = (np.nanmin(row), np.nanmax(row))
        least, most = (low, high) if curve.expected is not None and row is curve.y[-1] else own
        ups.append(box.up((row - least) / max(most - least, 1e-9)))
    expected = None if curve.expected is None else box.up((curve.expected - low) / max(high - low, 1e-9))
    first, final = curve.x[:, :1], curve.x[:, -1:]
    at = (curve.ends - first) / np.maximum(final - first, 1e-9)
    at = np.where((at > 0) & (at < 1), at, np.nan)
    return box.across(share), np.stack(ups), expected, box.across(at)


def _grid_ends(boxes: Sequence[_Box], scaled: Sequence[Any], at: int) -> dict[str, np.ndarray]:
    xs, ys = [], []
    for box, (_, _, _, ends) in zip(boxes, scaled):
        for end in ends[at]:
            xs += [end, end, np.nan]
            ys += [box.bottom, box.top, np.nan]
    return {"x": compact(xs), "y": compact(ys)}


def _expected(scaled: Sequence[Any]) -> go.Scatter:
    xs, ys = [np.empty(0)], [np.empty(0)]
    for across, _, expected, _ in scaled:
        if expected is not None:
            xs.append(np.append(across, np.nan))
            ys.append(np.append(expected, np.nan))
    return go.Scatter(
        x=compact(np.concatenate(xs)), y=compact(np.concatenate(ys)), name="expected", mode="lines", hoverinfo="skip",
        line={"color": MARK, "width": 8}, meta={"gaps": True},
    )  # fmt: skip


def _edges(
    layers: Sequence[Sequence[str]], curves: Sequence[EdgeCurve], columns: Sequence[float], boxes: Sequence[_Box]
) -> go.Scatter:
    xs: list[float] = []
    ys: list[float] = []
    for curve, box in zip(curves, boxes):
        source = _spread(len(layers[curve.layer]))[curve.source]
        target = _spread(len(layers[curve.layer + 1]))[curve.target]
        xs += [columns[curve.layer], box.left, np.nan, box.right, columns[curve.layer + 1], np.nan]
        ys += [source, box.middle, np.nan, box.middle, target, np.nan]
    return go.Scatter(
        x=compact(xs), y=compact(ys), name="edges", mode="lines", line={"color": AXIS, "width": 1.5},
        hoverinfo="skip", meta={"gaps": True},
    )  # fmt: skip


def _nodes(layers: Sequence[Sequence[str]], columns: Sequence[float]) -> go.Scatter:
    places = [(columns[layer], y) for layer, nodes in enumerate(layers) for y in _spread(len(nodes))]
    return go.Scatter(
        x=[x for x, _ in places], y=[y for _, y in places], text=[name for nodes in layers for name in nodes],
        name="nodes", mode="markers+text", hoverinfo="skip", cliponaxis=False, textfont={"size": 13, "color": INK},
        marker={"size": 30, "color": STAGE, "line": {"color": INK, "width": 1.5}},
    )  # fmt: skip
