"""The plane before and after a map: a square grid, its image, and a few vectors in both."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import side_by_side, titles_beside
from visualizers.stepped import stepped
from visualizers.theme import ACCENT, AXIS, MARKERS, SERIES, compact, figure

GRID_WANTED, GRID_LEARNED = "grid, wanted", "grid, learned"


def _lines(points: np.ndarray, side: int, every: int) -> dict[str, np.ndarray]:
    """The path of every ``every``-th row and column of a grid of points (side², 2), which a map has kept straight."""
    square = points.reshape(side, side, 2)
    gap = np.full((1, 2), np.nan)
    rows = [np.concatenate([square[at, [0, -1]], gap]) for at in range(0, side, every)]
    columns = [np.concatenate([square[[0, -1], at], gap]) for at in range(0, side, every)]
    path = np.concatenate([*rows, *columns])
    return {"x": compact(path[:, 0]), "y": compact(path[:, 1])}


def _arrows(tips: np.ndarray) -> dict[str, np.ndarray]:
    """Vectors (N, 2) from the origin as one path."""
    path = np.concatenate([[np.zeros(2), tip, np.full(2, np.nan)] for tip in tips])
    return {"x": compact(path[:, 0]), "y": compact(path[:, 1])}


def moved_grid(
    grid: np.ndarray,
    wanted: np.ndarray,
    learned: np.ndarray,
    vectors: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
    *,
    titles: tuple[str, str],
    frames: Sequence[str],
    every: int = 2,
) -> go.Figure:
    """Left the ``grid`` (P, 2), right what is ``wanted`` (P, 2) and what is ``learned`` (S, P, 2), one stop a frame.

    Each of ``vectors``: itself (2,), what is wanted of it (2,), what is learned (S, 2). Traces: “grid”, “grid, wanted”,
    “grid, learned”, and per vector “NAME”, “NAME, wanted”, “NAME, learned”.
    """
    side = round(len(grid) ** 0.5)
    last = len(frames) - 1
    quiet = {"mode": "lines", "hoverinfo": "skip"}
    traces = [
        go.Scatter(name="grid", line={"color": AXIS, "width": 1}, **_lines(grid, side, every), **quiet),
        go.Scatter(
            name=GRID_WANTED, line={"color": AXIS, "width": 3}, xaxis="x2", yaxis="y2",
            **_lines(wanted, side, every), **quiet,
        ),
        go.Scatter(
            name=GRID_LEARNED, line={"color": ACCENT, "width": 1.2}, xaxis="x2", yaxis="y2",
            **_lines(learned[last], side, every), **quiet,
        ),
    ]  # fmt: skip
    moving = [2]
    for number, (name, (before, after, found)) in enumerate(vectors.items(), start=1):
        colour = SERIES[number % len(SERIES)]
        marker = {"size": [0, 9], "color": colour, "symbol": MARKERS[number % len(MARKERS)]}
        ring = marker | {"symbol": f"{MARKERS[number % len(MARKERS)]}-open", "size": [0, 15], "line": {"width": 2}}
        line = {"color": colour, "width": 2.5}
        traces += [
            go.Scatter(name=name, mode="lines+markers", line=line, marker=marker, **_arrows(before[None])),
            go.Scatter(
                name=f"{name}, wanted", mode="markers", marker=ring, xaxis="x2", yaxis="y2", **_arrows(after[None])
            ),
            go.Scatter(
                name=f"{name}, learned", mode="lines+markers", line=line, marker=marker, xaxis="x2", yaxis="y2",
                **_arrows(found[last][None]),
            ),
        ]  # fmt: skip
        for trace in traces[-3:]:
            trace.hovertemplate = f"{trace.name}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>"
        moving.append(len(traces) - 1)
    everything = np.concatenate([grid, wanted, learned[last]])
    reach = float(np.clip(np.abs(everything[np.isfinite(everything)]).max(initial=1.0), 1.0, 3.0)) * 1.06
    domains = side_by_side(2, 0.06)
    drawn = figure(traces, margin=(10, 10, 26, 10), annotations=titles_beside(titles, domains))
    plain_axis = {"range": [-reach, reach], "showgrid": False, "showticklabels": False, "showline": False}
    zero = {"zeroline": True, "zerolinecolor": AXIS, "zerolinewidth": 1, "constrain": "domain"}
    drawn.update_layout(
        {
            "xaxis": plain_axis | zero | {"domain": domains[0]},
            "yaxis": plain_axis | zero | {"scaleanchor": "x"},
            "xaxis2": plain_axis | zero | {"domain": domains[1], "anchor": "y2"},
            "yaxis2": plain_axis | zero | {"scaleanchor": "x2", "anchor": "x2"},
        }
    )
    patches = [
        [_lines(learned[stop], side, every), *(_arrows(found[stop][None]) for _, _, found in vectors.values())]
        for stop in range(len(frames))
    ]
    return stepped(drawn, list(frames), patches, moving)
