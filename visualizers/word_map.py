"""Words as points on a map that moves: each class in its colour, one word picked, lines to its nearest neighbours."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, INK, INK_3, MARKERS, SERIES, clickable, compact, figure, plain

SYMBOLS = (*MARKERS, "circle-open")
COLOURS = (*SERIES, INK_3)
NEIGHBOURS, CLASSES, WORD = "lines to the neighbours", "names of classes", "word"
WIDE, HIGH = 0.09, 0.05
"""So much of the map, across and up, the name of a class takes."""


def class_colours(classes: Sequence[str]) -> dict[str, str]:
    """The colour of each class, in the order of the classes."""
    return dict(zip(classes, COLOURS, strict=False))


def word_map(
    positions: np.ndarray,
    *,
    words: Sequence[str],
    classes: Mapping[str, np.ndarray],
    picked: int,
    neighbours: np.ndarray,
    frames: Sequence[str],
    start: int,
    sets: str,
    depth: np.ndarray | None = None,
) -> go.Figure:
    """``positions`` (S, M, 2) of words, a frame a stop, and the ``neighbours`` (S, K) of the picked word at each.

    ``classes``: name → which words are of it (M,) bool. ``depth`` (S, M), 1 for the nearest to the viewer and 0 for the
    farthest, makes near points larger. A click sets the control ``sets`` to the word. Traces: one per class, of its
    name, “lines to the neighbours”, “names of classes”, “word”.
    """
    ends = np.stack([positions.min(axis=(0, 1)), positions.max(axis=(0, 1))])  # (2, 2)
    span = np.maximum(ends[1] - ends[0], 1e-6)
    sizes = np.full(positions.shape[:2], 7, np.uint8) if depth is None else np.rint(4 + 6 * depth).astype(np.uint8)

    def at(stop: int) -> list[dict[str, Any]]:
        here, near = positions[stop], [picked, *neighbours[stop].tolist()]
        patches: list[dict[str, Any]] = [
            {"x": compact(here[own, 0]), "y": compact(here[own, 1]), "marker": {"size": sizes[stop, own]}}
            for own in classes.values()
        ]
        lines = np.concatenate([[here[picked], here[one], [np.nan, np.nan]] for one in near[1:]])
        patches.append({"x": compact(lines[:, 0]), "y": compact(lines[:, 1])})
        centres = _apart(np.array([_over(here[own], span) for own in classes.values()]), span)
        patches.append({"x": compact(centres[:, 0]), "y": compact(centres[:, 1])})
        patches.append({"x": compact(here[near[:1], 0]), "y": compact(here[near[:1], 1])})
        return patches

    looks = {
        name: {"color": colour, "symbol": symbol, "opacity": 0.8}
        for (name, colour), symbol in zip(class_colours(list(classes)).items(), SYMBOLS, strict=False)
    }
    first = at(start)
    traces = []
    for (name, own), patch in zip(classes.items(), first):
        dots = go.Scatter(name=name, mode="markers", **patch | {"marker": looks[name] | patch["marker"]})
        dots.customdata = [[plain(word)] for word, mine in zip(words, own) if mine]
        dots.hovertemplate = f"%{{customdata[0]}}, {name}<extra></extra>"
        traces.append(clickable(dots, sets))
    lines, names, labels = first[len(classes) :]
    traces.append(
        go.Scatter(
            name=NEIGHBOURS, mode="lines", line={"color": ACCENT, "width": 1.5}, hoverinfo="skip", meta={"gaps": True},
            **lines,
        )
    )  # fmt: skip
    traces.append(
        go.Scatter(
            name=CLASSES, mode="text", text=list(classes), hoverinfo="skip", meta={"gaps": True},
            textfont={"size": 13, "color": list(class_colours(list(classes)).values())}, **names,
        )
    )  # fmt: skip
    traces.append(
        go.Scatter(
            name=WORD, mode="markers+text", text=[f"<b>{plain(words[picked])}</b>"], textposition="bottom center",
            marker={"symbol": "circle-open", "size": 15, "color": INK, "line": {"width": 2}}, hoverinfo="skip",
            textfont={"size": 14, "color": INK}, **labels,
        )
    )  # fmt: skip
    low, high = ends[0] - 0.05 * span, ends[1] + 0.09 * span
    drawn = figure(traces, x_range=(low[0], high[0]), y_range=(low[1], high[1]), margin=(6, 6, 6, 6))
    drawn.update_xaxes(showticklabels=False, showline=False)
    drawn.update_yaxes(showticklabels=False, showgrid=False)
    return stepped(drawn, frames, (at(stop) for stop in range(len(positions))), list(range(len(traces))))


def _over(own: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Where the name of a class stands: over the upper edge of most of its words (P, 2)."""
    return np.array([np.median(own[:, 0]), np.quantile(own[:, 1], 0.85) + HIGH * span[1]])


def _apart(places: np.ndarray, span: np.ndarray) -> np.ndarray:
    """The places (C, 2) without those that would lie on an earlier one: a gap in its stead."""
    kept: list[np.ndarray] = []
    for place in places:
        touches = [(np.abs(place - other) < np.array([WIDE, HIGH]) * span).all() for other in kept]
        kept.append(np.full(2, np.nan) if any(touches) else place)
    return np.array(kept)


def neighbour_bars(
    cosines: np.ndarray, words: Sequence[str], classes: Sequence[str], colours: Mapping[str, str], *, sets: str
) -> go.Figure:
    """Horizontal bars, the most similar word on top, each in its class's colour; a click sets ``sets`` to the word.

    Trace: “cosine”.
    """
    rows = list(range(len(words)))
    bars = go.Bar(
        x=compact(cosines), y=rows, orientation="h", name="cosine", width=0.62,
        marker={"color": [colours[name] for name in classes]}, customdata=[[plain(word)] for word in words],
        text=[f"{value:.2f}" for value in cosines], textposition="outside", cliponaxis=False,
        hovertemplate="%{customdata[0]}<br>cosine %{x:.3f}<extra></extra>",
    )  # fmt: skip
    low = min(0.0, float(np.nanmin(cosines, initial=0.0)))
    drawn = figure(
        [clickable(bars, sets)], x="cosine", x_range=(low, 1.12), y_range=(len(rows) - 0.4, -0.6),
        margin=(124, 16, 4, 40),
    )  # fmt: skip
    labels = [f"{plain(word)}, {name} " for word, name in zip(words, classes, strict=True)]
    return drawn.update_yaxes(tickmode="array", tickvals=rows, ticktext=labels, showgrid=False)
