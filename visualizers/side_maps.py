"""Functions over a square as maps side by side, on one scale of colours."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import DIVERGING, compact, figure, scale


def side_maps(maps: Mapping[str, np.ndarray], low: float, high: float, *, limit: float) -> go.Figure:
    """``maps``: name → values (N, N) over the square from ``low`` to ``high``, rows of one y, first row at the bottom.

    The scale reaches from −``limit`` to ``limit``. A trace per map, of its name.
    """
    places = np.linspace(low, high, len(next(iter(maps.values()))))
    domains = side_by_side(len(maps), 0.05)
    drawn = figure(
        [
            go.Heatmap(
                x=compact(places), y=compact(places), z=compact(each), name=name, colorscale=scale(DIVERGING),
                zmin=-limit, zmax=limit, showscale=False, xaxis=axis_of("x", number), yaxis=axis_of("y", number),
                hovertemplate=f"{name}<br>x %{{x:.2f}}, y %{{y:.2f}}<br>%{{z:.3g}}<extra></extra>",
            )
            for number, (name, each) in enumerate(maps.items(), start=1)
        ],
        margin=(8, 8, 26, 12),
        annotations=titles_beside(maps, domains),
    )  # fmt: skip
    square = [{"scaleanchor": axis_of("y", number), "constrain": "domain"} for number in range(1, len(maps) + 1)]
    drawn.update_layout(axes("x", domains, *square, showticklabels=False, showline=False, ticks=""))
    own = [{"anchor": axis_of("x", number)} for number in range(1, len(maps) + 1)]
    return drawn.update_layout(
        axes("y", [(0, 1)] * len(maps), *own, showticklabels=False, showgrid=False, ticks="", constrain="domain",
             constraintoward="top")
    )  # fmt: skip
