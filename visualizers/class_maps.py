"""A picture beside maps of classes: what each pixel is, what a network says, and where it is wrong."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side
from visualizers.theme import INK, INK_2, SEQUENTIAL, SERIES, STAGE, WELL, figure, note, scale

COLOURS = (WELL, SERIES[0], SERIES[2])
"""Of the first class, which is the ground, and of the others."""

GAP = 0.025


def class_maps(
    picture: np.ndarray, maps: Mapping[str, np.ndarray], truth: np.ndarray, *, classes: Sequence[str], name: str
) -> go.Figure:
    """The ``picture`` (N, N) under its ``name``, then each of ``maps``, title → classes (N, N), side by side.

    Crosses mark where a map differs from ``truth``. Traces: ``name``, each title, and “wrong, title”.
    """
    titles = [name, *maps]
    domains = side_by_side(len(titles), GAP)
    N = len(picture)
    steps = [[place / len(classes), colour] for k, colour in enumerate(COLOURS) for place in (k, k + 1)]
    shared = {"showscale": False, "hoverinfo": "skip"}
    traces: list[go.Heatmap | go.Scatter] = [
        go.Heatmap(
            z=np.rint(100 * np.clip(picture, -0.5, 1.5)).astype(np.int16), zmin=-50, zmax=150, name=name,
            colorscale=scale(SEQUENTIAL), **shared,
        )
    ]  # fmt: skip
    for number, (title, classed) in enumerate(maps.items(), start=2):
        place = {"xaxis": axis_of("x", number), "yaxis": axis_of("y", number)}
        traces.append(
            go.Heatmap(
                z=classed.astype(np.uint8), zmin=-0.5, zmax=len(classes) - 0.5, name=title, colorscale=steps, **shared,
                **place,
            )
        )  # fmt: skip
        rows, columns = np.nonzero(classed != truth)
        if title != next(iter(maps)):
            traces.append(
                go.Scatter(
                    x=columns, y=rows, name=f"wrong, {title}", mode="markers", **place,
                    marker={"symbol": "x", "size": 5, "color": INK, "line": {"width": 1, "color": STAGE}},
                    hovertemplate="wrong<extra></extra>",
                )
            )  # fmt: skip
    bare = {"visible": False, "constrain": "domain"}
    across = [{"anchor": axis_of("y", number), "range": [-0.5, N - 0.5]} for number in range(1, len(titles) + 1)]
    down = [
        {"anchor": axis_of("x", n), "range": [N - 0.5, -0.5], "scaleanchor": axis_of("x", n), "constraintoward": "top"}
        for n in range(1, len(titles) + 1)
    ]
    labels = [
        note(left, 1, title, colour=INK_2, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
        for title, (left, _) in zip(titles, domains, strict=True)
    ]
    return figure(traces, margin=(6, 6, 22, 4), annotations=labels).update_layout(
        axes("x", domains, *across, **bare) | axes("y", [(0.0, 1.0)] * len(titles), *down, **bare)
    )
