"""One graph drawn several times side by side, its edges as wide as their weights."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import AXIS, STAGE, figure

Edge = tuple[int, int]
WIDEST = 0.09
"""Width of an edge of the highest weight, where the graph reaches from −1 to 1."""


def weighted_graphs(
    places: np.ndarray,
    kinds: Mapping[str, tuple[Sequence[Edge], str]],
    weights: Mapping[str, Sequence[np.ndarray]],
    hover: Sequence[str],
) -> go.Figure:
    """Nodes at ``places`` (N, 2) with their words; ``kinds`` names edges and their colour.

    ``weights`` are, for each panel, an array of weights per kind. All panels share one scale of widths.
    Traces per panel: “panel: kind” (lines), “panel: weight of kind” (unseen points on their middles), “panel: nodes”.
    """
    domains = side_by_side(len(weights), 0.04)
    highest = max(float(one.max(initial=1e-9)) for panel in weights.values() for one in panel)
    traces = []
    for number, (panel, of_kinds) in enumerate(weights.items(), start=1):
        at = {"xaxis": axis_of("x", number), "yaxis": axis_of("y", number)}
        for (kind, (edges, colour)), drawn in reversed(list(zip(kinds.items(), of_kinds, strict=True))):
            ends = places[np.array(edges, int).reshape(-1, 2)]  # (edges, 2, 2)
            x, y = _bands(ends, WIDEST * drawn / highest)
            traces.append(
                go.Scatter(
                    x=x, y=y, name=f"{panel}: {kind}", mode="lines", fill="toself", fillcolor=colour,
                    line={"color": colour, "width": 0.5}, hoverinfo="skip", **at,
                )
            )  # fmt: skip
            middles = ends.mean(1)
            traces.append(
                go.Scatter(
                    x=middles[:, 0].tolist(), y=middles[:, 1].tolist(), name=f"{panel}: weight of {kind}",
                    mode="markers", marker={"size": 9, "opacity": 0, "color": colour},
                    hovertext=[f"{kind} {one}–{other}: {w:.3f}" for (one, other), w in zip(edges, drawn, strict=True)],
                    hovertemplate="%{hovertext}<extra></extra>", **at,
                )
            )  # fmt: skip
        traces.append(
            go.Scatter(
                x=places[:, 0].tolist(), y=places[:, 1].tolist(), name=f"{panel}: nodes", mode="markers",
                marker={"size": 9, "color": STAGE, "opacity": 1, "line": {"color": AXIS, "width": 1.5}},
                hovertext=list(hover), hovertemplate="%{hovertext}<extra></extra>", **at,
            )
        )  # fmt: skip
    drawn_all = figure(traces, margin=(6, 6, 26, 6), annotations=titles_beside(weights, domains))
    bare = {"showgrid": False, "showline": False, "showticklabels": False, "zeroline": False, "range": [-1.1, 1.1]}
    panels = range(1, len(domains) + 1)
    drawn_all.update_layout(axes("x", domains, *[{"anchor": axis_of("y", one)} for one in panels], **bare))
    own = [{"anchor": axis_of("x", one), "scaleanchor": axis_of("x", one)} for one in panels]
    return drawn_all.update_layout(axes("y", [(0, 1)] * len(domains), *own, **bare))


def _bands(ends: np.ndarray, width: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """The outlines of straight bands between the ``ends`` (edges, 2, 2), one after the other with gaps."""
    along = ends[:, 1] - ends[:, 0]
    across = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    half = across * width[:, None] / 2
    corners = [ends[:, 0] + half, ends[:, 1] + half, ends[:, 1] - half, ends[:, 0] - half, ends[:, 0] + half]
    outlines = np.stack(corners, 1).round(4)  # (edges, 5, 2)
    x: list[float | None] = []
    y: list[float | None] = []
    for outline in outlines:
        x += [*outline[:, 0].tolist(), None]
        y += [*outline[:, 1].tolist(), None]
    return x, y
