"""Points of two groups in several planes side by side, with a border between the groups."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import ACCENT, SERIES, compact, figure

COLOURS = (ACCENT, SERIES[1])
SYMBOLS = ("circle", "diamond-open")
GAP = 0.04


def point_clouds(
    planes: Sequence[Mapping[str, np.ndarray]], *, titles: Sequence[str], x_title: str, picked: int
) -> go.Figure:
    """Each of ``planes``: group → points (N, 2), divided at x = 0; the ``picked`` one is strong, the others pale.

    Traces: “group, title”.
    """
    domains = side_by_side(len(planes), GAP)
    farthest = 1.1 * max(float(np.abs(points[:, 0]).max(initial=0)) for p in planes for points in p.values())
    traces = []
    for number, (plane, title) in enumerate(zip(planes, titles, strict=True), start=1):
        for (group, points), colour, symbol in zip(plane.items(), COLOURS, SYMBOLS):
            traces.append(
                go.Scatter(
                    x=compact(points[:, 0]), y=compact(points[:, 1]), name=f"{group}, {title}", mode="markers",
                    marker={
                        "color": colour, "symbol": symbol, "size": 6, "opacity": 0.75 if number - 1 == picked else 0.4
                    },
                    hovertemplate=f"{group}<extra></extra>",
                    xaxis=axis_of("x", number), yaxis=axis_of("y", number),
                )
            )  # fmt: skip
    across = [{"anchor": axis_of("y", n), "title": {"text": x_title, "standoff": 6}} for n in range(1, len(planes) + 1)]
    down = [{"anchor": axis_of("x", n)} for n in range(1, len(planes) + 1)]
    bare = {"showticklabels": False, "zeroline": False, "showgrid": False}
    drawn = figure(traces, margin=(8, 8, 24, 34), annotations=titles_beside(titles, domains))
    drawn.update_layout(
        axes("x", domains, *across, showline=True, range=[-farthest, farthest], **bare)
        | axes("y", [(0.0, 1.0)] * len(planes), *down, **bare)
    )
    for number in range(1, len(planes) + 1):
        drawn.add_shape(reference_line(x=0, xref=axis_of("x", number), yref=f"{axis_of('y', number)} domain"))
    return drawn
