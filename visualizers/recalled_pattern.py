"""A stored pattern, a damaged one and what recall makes of it, above the energy along the way."""

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import ACCENT, FAILED, SEQUENTIAL, compact, figure, note, scale

TILES = {"stored": 2, "start": 3, "now": 1}
"""The tiles from left to right and the number of their axes: a press on the page is told in units of the first."""

GAP, LINE = 0.06, 0.34
"""Between two tiles; how high the energy is drawn, as a share of the figure."""


def wrong_cells(pattern: np.ndarray, stored: np.ndarray) -> dict[str, np.ndarray]:
    """Where two patterns (H, W) differ, as x and y."""
    rows, columns = np.nonzero(pattern != stored)
    return {"x": compact(columns), "y": compact(rows)}


def recalled_pattern(
    stored: np.ndarray, start: np.ndarray, now: np.ndarray, energies: np.ndarray, *, titles: tuple[str, str, str]
) -> go.Figure:
    """Patterns (H, W) of −1 and 1; ``energies`` (T + 1,) before, between and after the updates.

    A cross marks each cell that differs from the stored pattern. Traces: “stored”, “start”, “now”, “wrong at the
    start”, “wrong now”, “energy”, “energy now”.
    """
    H, W = stored.shape
    tiles = [
        go.Heatmap(
            z=compact(values), name=name, zmin=-1, zmax=1, colorscale=scale(SEQUENTIAL[:7]), showscale=False,
            xgap=1, ygap=1, xaxis=axis_of("x", number), yaxis=axis_of("y", number),
            hovertemplate=f"{name}<br>row %{{y}}, column %{{x}}: %{{z}}<extra></extra>",
        )
        for (name, number), values in zip(TILES.items(), (stored, start, now), strict=True)
    ]  # fmt: skip
    marker = {"symbol": "x-thin", "size": 8, "line": {"color": FAILED, "width": 2}}
    crosses = [
        go.Scatter(
            **wrong_cells(values, stored), name=name, mode="markers", marker=marker, hoverinfo="skip",
            xaxis=axis_of("x", number), yaxis=axis_of("y", number),
        )
        for number, name, values in ((TILES["start"], "wrong at the start", start), (TILES["now"], "wrong now", now))
    ]  # fmt: skip
    T = len(energies) - 1
    path = go.Scatter(
        x=compact(np.arange(T + 1)), y=compact(energies), name="energy", mode="lines", xaxis="x4", yaxis="y4",
        line={"color": ACCENT, "width": 2}, hovertemplate="after %{x} updates<br>energy %{y:.4g}<extra></extra>",
    )  # fmt: skip
    end = go.Scatter(
        x=[T], y=compact(energies[-1:]), name="energy now", mode="markers", xaxis="x4", yaxis="y4",
        marker={"color": ACCENT, "size": 9}, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    domains = side_by_side(3, GAP)
    by_number = [domains[list(TILES.values()).index(number)] for number in (1, 2, 3)]
    across = [{"anchor": axis_of("y", number)} for number in (1, 2, 3)]
    down = [{"anchor": axis_of("x", number), "scaleanchor": axis_of("x", number)} for number in (1, 2, 3)]
    bare = {
        "showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False, "showline": False,
        "constrain": "domain",
    }  # fmt: skip
    drawn = figure([*tiles, *crosses, path, end], margin=(52, 14, 26, 40))
    drawn.update_layout(
        axes("x", by_number, *across, range=[-0.6, W - 0.4], **bare)
        | axes("y", [(LINE + 0.14, 1.0)] * 3, *down, range=[H - 0.4, -0.6], constraintoward="top", **bare)
    )
    room = 0.08 * float(np.ptp(energies)) + 0.5
    drawn.update_layout(
        xaxis4={
            "domain": [0, 1], "anchor": "y4", "range": [0, T], "title": {"text": "updates", "standoff": 6},
            "showgrid": False, "showline": True, "linecolor": drawn.layout.xaxis.linecolor, "zeroline": False,
        },
        yaxis4={
            "domain": [0, LINE], "anchor": "x4", "nticks": 4, "zeroline": False,
            "range": [float(energies.min()) - room, max(float(energies.max()), 0.0) + room],
        },
    )  # fmt: skip
    drawn.update_layout(annotations=titles_beside(titles, domains))
    return drawn.add_annotation(
        **note(0, LINE, "energy", xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=4)
    )
