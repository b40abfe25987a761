"""Densities of the plane as maps side by side, on one scale of colours from 0."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import SEQUENTIAL, compact, figure, scale


def density_maps(
    maps: Mapping[str, np.ndarray],
    window: tuple[tuple[float, float], tuple[float, float]],
    *,
    highest: float,
    unit: str,
    square: bool = False,
) -> go.Figure:
    """``maps``: name → values (N, M) of the cells of ``window``, (left, right) and (bottom, top); first row below.

    Colours reach from 0 to ``highest``; ``square`` keeps equal units both ways. A trace per map, of its name.
    """
    rows, columns = next(iter(maps.values())).shape
    x, y = (
        low + (high - low) * (np.arange(count) + 0.5) / count for (low, high), count in zip(window, (columns, rows))
    )
    domains = side_by_side(len(maps), 0.08)
    traces = [
        go.Heatmap(
            x=compact(x), y=compact(y), z=compact(values), name=name, colorscale=scale(SEQUENTIAL), zmin=0,
            zmax=highest, showscale=False, xaxis=axis_of("x", number), yaxis=axis_of("y", number),
            hovertemplate=f"{name}<br>(%{{x:.2f}}, %{{y:.2f}})<br>%{{z:.3g}} {unit}<extra></extra>",
        )
        for number, (name, values) in enumerate(maps.items(), start=1)
    ]  # fmt: skip
    drawn = figure(traces, margin=(30, 8, 26, 24), annotations=titles_beside(maps, domains))
    numbers = range(1, len(maps) + 1)
    bare = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "dtick": 2}
    fit = {"constrain": "domain"} if square else {}
    across = [{"anchor": axis_of("y", n), "range": list(window[0])} | fit for n in numbers]
    up = [
        {"anchor": axis_of("x", n), "range": list(window[1])}
        | ({"scaleanchor": axis_of("x", n)} | fit if square else {})
        for n in numbers
    ]
    return drawn.update_layout(axes("x", domains, *across, **bare) | axes("y", [(0, 1)] * len(maps), *up, **bare))
