"""A grid of the plane, and points on it, before and after a map or layer by layer on the way through several."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.stepped import stepped
from visualizers.theme import (
    ACCENT,
    AXIS,
    MARKERS,
    SEQUENTIAL,
    SERIES,
    clickable,
    compact,
    figure,
    scale,
)

Range = tuple[float, float]


def broken(lines: np.ndarray) -> dict[str, np.ndarray]:
    """Lines (N, M, 2) as one path with gaps between them."""
    path = np.concatenate([lines, np.full_like(lines[:, :1], np.nan)], axis=1).reshape(-1, 2)
    return {"x": compact(path[:, 0]), "y": compact(path[:, 1])}


def _dots(points: np.ndarray) -> dict[str, np.ndarray]:
    return {"x": compact(points[:, 0]), "y": compact(points[:, 1])}


def _plane(number: int, ranges: tuple[Range, Range]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The axes of the ``number``-th plane, equally long units both ways."""
    bare = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "constrain": "domain"}
    across = bare | {"range": list(ranges[0]), "anchor": axis_of("y", number)}
    up = bare | {"range": list(ranges[1]), "anchor": axis_of("x", number), "scaleanchor": axis_of("x", number)}
    return across, up


def before_and_after(
    lines: tuple[np.ndarray, np.ndarray],
    points: tuple[np.ndarray, np.ndarray],
    square: tuple[np.ndarray, np.ndarray],
    *,
    ranges: tuple[tuple[Range, Range], tuple[Range, Range]],
    titles: tuple[str, str],
) -> go.Figure:
    """Grid ``lines`` (N, M, 2), ``points`` (P, 2) and a marked ``square`` (Q, 2), each before and after, side by side.

    Traces: “grid”, “points”, “square”, and the same with “, mapped”.
    """
    domains = side_by_side(2, 0.08)
    traces: list[go.Scatter] = []
    for number, suffix in enumerate(("", ", mapped")):
        place = {"xaxis": axis_of("x", number + 1), "yaxis": axis_of("y", number + 1)}
        outline = np.concatenate([square[number], square[number][:1]])
        traces += [
            go.Scatter(name=f"points{suffix}", mode="markers", marker={"size": 3, "color": SERIES[2], "opacity": 0.55},
                       hoverinfo="skip", **_dots(points[number]), **place),
            go.Scatter(name=f"grid{suffix}", mode="lines", line={"color": AXIS, "width": 1}, meta={"gaps": True},
                       hoverinfo="skip", **broken(lines[number]), **place),
            go.Scatter(name=f"square{suffix}", mode="lines", line={"color": ACCENT, "width": 2}, fill="toself",
                       fillcolor="rgba(51,70,207,0.25)", hovertemplate="corner (%{x:.2f}, %{y:.2f})<extra></extra>",
                       **_dots(outline), **place),
        ]  # fmt: skip
    drawn = figure(traces, margin=(24, 8, 26, 24), annotations=titles_beside(titles, domains))
    planes = [_plane(number + 1, ranges[number]) for number in range(2)]
    return drawn.update_layout(
        axes("x", domains, *(across for across, _ in planes)) | axes("y", [(0, 1)] * 2, *(up for _, up in planes))
    )


def through_layers(
    lines: np.ndarray,
    groups: Mapping[str, np.ndarray],
    *,
    ranges: tuple[Range, Range],
    frames: Sequence[str],
    ground: np.ndarray,
    sets: str,
) -> go.Figure:
    """Grid ``lines`` (S, N, M, 2) and ``groups`` of points, name → (S, P, 2), one layer a frame; the last one first.

    ``ground`` (C, C) are pale areas that stay, rows of one height: where the points are to arrive. A click on them says
    where it was and sets the control ``sets``. Traces: “true density”, “grid”, and per group its name.
    """
    across, up = (np.linspace(low, high, len(ground)) for low, high in ranges)
    plane = clickable(
        go.Heatmap(
            x=compact(across), y=compact(up), z=np.rint(100 * ground / ground.max()).astype(np.int8),
            name="true density", colorscale=scale(SEQUENTIAL), zmin=0, zmax=220, zsmooth="fast", showscale=False,
            hovertemplate="(%{x:.2f}, %{y:.2f})<extra></extra>",
        ),
        sets,
    )  # fmt: skip
    plane.meta = plane.meta | {"where": True}
    traces: list[go.Heatmap | go.Scatter] = [plane]
    first = len(traces)
    traces.append(
        go.Scatter(name="grid", mode="lines", line={"color": AXIS, "width": 1}, hoverinfo="skip", meta={"gaps": True},
                   **broken(lines[-1]))
    )  # fmt: skip
    for number, (name, points) in enumerate(groups.items()):
        marker = {"size": 4 + 3 * number, "color": (SERIES[0], SERIES[1])[number], "symbol": MARKERS[number]}
        traces.append(
            go.Scatter(
                name=name, mode="markers", marker=marker, **_dots(points[-1]), meta={"gaps": True},
                hovertemplate=f"{name}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
            )
        )  # fmt: skip
    drawn = figure(traces, margin=(24, 8, 8, 24))
    x_axis, y_axis = _plane(1, ranges)
    drawn.update_xaxes(**x_axis)
    drawn.update_yaxes(**y_axis)
    patches = [
        [broken(lines[stop]), *(_dots(points[stop]) for points in groups.values())] for stop in range(len(frames))
    ]
    return stepped(drawn, list(frames), patches, list(range(first, len(traces))))
