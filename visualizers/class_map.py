"""Points of several classes in the plane, with lines that part them or regions that they are assigned to."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import AXIS, INK, INK_3, MARKERS, SERIES, STAGE, compact, figure

Ends = np.ndarray
"""Where a line enters and leaves the plane that is shown: (2, 2), NaN where it is not to be seen."""


def class_points(name: str, points: np.ndarray, index: int, *, size: int = 7, opacity: float = 0.9) -> go.Scatter:
    """One class (N, 2) with the colour and the marker of its index. Trace: ``name``."""
    return go.Scatter(
        x=compact(points[:, 0]), y=compact(points[:, 1]), name=name, mode="markers",
        marker={
            "color": SERIES[index], "symbol": MARKERS[index], "size": size, "opacity": opacity,
            "line": {"color": STAGE, "width": 0.5},
        },
        hovertemplate=f"{name}<br>%{{x:.2f}}, %{{y:.2f}}<extra></extra>",
    )  # fmt: skip


def plane(traces: Sequence[Any], reach: float | tuple[float, float, float, float]) -> go.Figure:
    """A square plane from −``reach`` to ``reach``, or of the given left, right, bottom and top, equal both ways."""
    left, right, low, high = (-reach, reach, -reach, reach) if isinstance(reach, int | float) else reach
    drawn = figure(traces, margin=(34, 10, 8, 30))
    drawn.update_xaxes(range=[left, right], constrain="domain")
    return drawn.update_yaxes(range=[low, high], scaleanchor="x", constrain="domain", showgrid=False)


def ends_of(w: np.ndarray, reach: float) -> Ends:
    """The part of the line w₀ x + w₁ y + w₂ = 0 inside the square of half side ``reach``; NaN if there is none."""
    a, b, c = map(float, w)
    found = []
    if abs(b) > 1e-12:
        found += [(x, -(a * x + c) / b) for x in (-reach, reach)]
    if abs(a) > 1e-12:
        found += [(-(b * y + c) / a, y) for y in (-reach, reach)]
    inside = [p for p in found if max(map(abs, p)) <= reach * (1 + 1e-9)]
    if len(inside) < 2:
        return np.full((2, 2), np.nan)
    first = np.array(inside[0])
    last = max(inside[1:], key=lambda p: float(np.hypot(*(np.array(p) - first))))
    return np.stack([first, np.array(last)])


def moving_line(
    classes: Mapping[str, np.ndarray],
    lines: np.ndarray,
    mistakes: np.ndarray,
    *,
    frames: Sequence[str],
    start: int,
    reach: float,
) -> go.Figure:
    """A line that moves: ``lines`` (F, 3) are w₀, w₁ and w₂ of w₀ x + w₁ y + w₂ = 0, the first one all zero if none.

    ``mistakes`` (F, 2) is the point that moved the line into its place. The line before it is dashed, and an arrow
    points to the side that is answered +1. Traces: those of ``classes``, “all lines so far”, “line before”, “line”,
    “side answered +1”, “mistake”.
    """
    ends = [ends_of(w, reach) for w in lines]

    def segment(pair: Ends) -> Patch:
        return {"x": compact(pair[:, 0]), "y": compact(pair[:, 1])}

    def so_far(at: int) -> Patch:
        path = np.concatenate([np.concatenate([pair, np.full((1, 2), np.nan)]) for pair in ends[: at + 1]])
        return {"x": compact(path[:, 0]), "y": compact(path[:, 1])}

    def arrow(at: int) -> Patch:
        w, middle = lines[at, :2], ends[at].mean(axis=0)
        length = float(np.hypot(*w)) or 1.0
        return segment(np.stack([middle, middle + 0.22 * reach * w / length]))

    def moving(at: int) -> list[Patch]:
        before = ends[at - 1] if at else np.full((2, 2), np.nan)
        ring: Patch = {"x": compact(mistakes[at, :1]), "y": compact(mistakes[at, 1:])}
        return [so_far(at), segment(before), segment(ends[at]), arrow(at), ring]

    trail, before, line, side, ring = (dict(patch) for patch in moving(start))
    plain = {"mode": "lines", "hoverinfo": "skip", "meta": {"gaps": True}}
    pointer = {"symbol": "arrow", "size": [0, 13], "angleref": "previous", "color": INK, "opacity": 1}
    traces = [class_points(name, points, index) for index, (name, points) in enumerate(classes.items())]
    traces += [
        go.Scatter(trail | plain, name="all lines so far", line={"color": AXIS, "width": 1}, opacity=0.55),
        go.Scatter(before | plain, name="line before", line={"color": INK_3, "width": 1.5, "dash": "dash"}),
        go.Scatter(line | plain, name="line", line={"color": INK, "width": 2.5}),
        go.Scatter(
            side | plain | {"mode": "lines+markers"}, name="side answered +1", line={"color": INK, "width": 2},
            marker=pointer,
        ),
        go.Scatter(
            ring | plain | {"mode": "markers"}, name="mistake",
            marker={"symbol": "circle-open", "size": 18, "color": INK, "line": {"width": 2}},
        ),
    ]  # fmt: skip
    drawn = plane(traces, reach)
    count = len(classes)
    return stepped(drawn, frames, map(moving, range(len(frames))), range(count, count + 5)) if frames else drawn


STEPS_OF_COLOUR = 24
"""Shades of a region, from its border to where the answer is certain."""


def regions(
    classes: Mapping[str, np.ndarray], answers: np.ndarray, strength: np.ndarray, *, x: np.ndarray, y: np.ndarray
) -> go.Figure:
    """What a classifier says everywhere: ``answers`` (R, C) are class numbers at ``y`` and ``x``, each in its colour,
    the paler the smaller ``strength`` (R, C), from 0 to 1.

    Traces: “regions, shade by probability”, then those of ``classes``.
    """
    K = len(classes)
    shade = np.rint((STEPS_OF_COLOUR - 1) * np.clip(strength, 0, 1))
    stops: list[list[float | str]] = []
    for index in range(K):
        stops += [[index / K, STAGE], [(index + 1) / K - 1e-6, SERIES[index]]]
    stops.append([1.0, SERIES[K - 1]])
    filled = go.Heatmap(
        z=(STEPS_OF_COLOUR * answers + shade).astype(np.uint8), x=compact(x), y=compact(y),
        name="regions, shade by probability", colorscale=stops, zmin=0, zmax=STEPS_OF_COLOUR * K, showscale=False,
        hoverinfo="skip", opacity=0.4,
    )  # fmt: skip
    points = [class_points(name, places, index, size=5) for index, (name, places) in enumerate(classes.items())]
    return plane([filled, *points], (float(x[0]), float(x[-1]), float(y[0]), float(y[-1])))
