"""A graph as nodes and edges: what each node holds, frame by frame, and how much each edge carries."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, AXIS, DIVERGING, FAILED, INK, LEGIBLE, SEQUENTIAL, STAGE, figure, scale

Edge = tuple[int, int]
WIDTHS = 5
"""Widths that edges of different weight are drawn in."""


def network(
    places: np.ndarray,
    edges: Sequence[Edge],
    *,
    values: Sequence[np.ndarray] | None = None,
    high: float = 1.0,
    signed: bool = False,
    colours: Sequence[str] | None = None,
    symbols: Sequence[str] | None = None,
    rims: Sequence[str] | None = None,
    hover: Sequence[Sequence[str]] | None = None,
    added: Sequence[Edge] = (),
    removed: Sequence[Edge] = (),
    weights: Mapping[Edge, float] | None = None,
    names: Sequence[str] = (),
    start: int = 0,
    sets: str | None = None,
    draws: str | None = None,
    size: int = 24,
) -> go.Figure:
    """Nodes at ``places`` (N, 2), each with its number, and lines for ``edges``.

    Nodes are filled by ``values``, one (N,) from 0 to ``high`` per frame of ``names``, or in ``colours``; ``signed``
    values reach from −``high`` to ``high``. ``rims`` are the colours of their outlines, ``hover`` (frames, N) their
    words. ``weights`` from 0 to 1 give edges their widths.
    A click on a node sets ``sets`` to its number; a drag from node to node is told to the control ``draws``.
    Traces: “edges” (with weights “edges, width 1” to “edges, width 5”), “drawn edges”, “removed edges”, “edge middles”,
    “nodes”.
    """
    traces = _lines(places, edges, added, weights)
    traces.append(_line(places, added, "drawn edges", {"color": ACCENT, "width": 2.5}))
    traces.append(_line(places, removed, "removed edges", {"color": FAILED, "width": 1.5, "dash": "dot"}))
    if draws is not None:
        traces.append(_middles(places, edges, draws))
    said = hover or [[f"node {node}" for node in range(len(places))]] * max(1, len(names))
    nodes = go.Scatter(
        x=places[:, 0].tolist(), y=places[:, 1].tolist(), name="nodes", mode="markers+text", cliponaxis=False,
        text=[str(node) for node in range(len(places))], hovertext=list(said[start]),
        hovertemplate="%{hovertext}<extra></extra>",
        textfont={"size": 11 if size > 18 else 9, "color": STAGE if colours else INK},
    )  # fmt: skip
    line = {"color": list(rims) if rims else AXIS, "width": 2.5 if rims else 1}
    filled: dict[str, Any] = {"size": size, "line": line, "opacity": 1}
    if symbols is not None:
        filled["symbol"] = list(symbols)
    if values is not None:
        top = LEGIBLE * high
        filled |= {"colorscale": scale(DIVERGING if signed else SEQUENTIAL), "cmin": -top if signed else 0, "cmax": top}
        filled["color"] = values[start].tolist()
    else:
        filled["color"] = list(colours) if colours else STAGE
    nodes.marker = filled
    nodes.meta = {"sets": [sets]} if sets or draws else None
    if draws is not None:
        nodes.meta = nodes.meta | {"draws": draws}
    traces.append(nodes)
    drawn = figure(traces, margin=(14, 14, 14, 14))
    hidden = {"showgrid": False, "showline": False, "showticklabels": False, "zeroline": False}
    room = 0.09
    drawn.update_xaxes(range=[places[:, 0].min() - room, places[:, 0].max() + room], **hidden)
    drawn.update_yaxes(range=[places[:, 1].min() - room, places[:, 1].max() + room], **hidden)
    if not names:
        return drawn
    frames = (
        [{"marker": filled | {"color": held.tolist()}, "hovertext": list(says)}]
        for held, says in zip(values or (), said)
    )
    return stepped(drawn, names, frames, [len(traces) - 1])


def _line(places: np.ndarray, edges: Sequence[Edge], name: str, line: Mapping[str, Any]) -> go.Scatter:
    ends: dict[str, list[float | None]] = {"x": [], "y": []}
    for one, other in edges:
        for letter, axis in (("x", 0), ("y", 1)):
            ends[letter] += [float(places[one, axis]), float(places[other, axis]), None]
    return go.Scatter(**ends, name=name, mode="lines", hoverinfo="skip", line=dict(line))


def _lines(
    places: np.ndarray, edges: Sequence[Edge], added: Sequence[Edge], weights: Mapping[Edge, float] | None
) -> list[go.Scatter]:
    """All edges that nobody drew; with weights one trace per width."""
    plain = [edge for edge in edges if edge not in set(added)]
    if weights is None:
        return [_line(places, plain, "edges", {"color": AXIS, "width": 1.5})]
    steps = {edge: min(WIDTHS, 1 + int(WIDTHS * weights[edge])) for edge in plain}
    return [
        _line(places, [edge for edge in plain if steps[edge] == step], f"edges, width {step}",
              {"color": AXIS if step == 1 else INK, "width": 0.4 + 1.3 * (step - 1)})
        for step in range(1, WIDTHS + 1)
    ]  # fmt: skip


def _middles(places: np.ndarray, edges: Sequence[Edge], draws: str) -> go.Scatter:
    """Unseen points by which an edge is taken: a click removes it, a drag to a node moves its nearer end."""
    centres = [(places[one] + places[other]) / 2 for one, other in edges]
    return go.Scatter(
        x=[float(at[0]) for at in centres], y=[float(at[1]) for at in centres], name="edge middles", mode="markers",
        marker={"size": 16, "opacity": 0, "color": AXIS},
        customdata=[[[[int(one), int(other)]]] for one, other in edges],
        hovertext=[f"edge {one}–{other}: click removes it" for one, other in edges],
        hovertemplate="%{hovertext}<extra></extra>", meta={"sets": [draws], "middles": True},
    )  # fmt: skip
