"""A curve and where groups of values lie on it."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.theme import INK_2, INK_3, MARKERS, compact, figure, note


def dots_on_curve(
    x: np.ndarray,
    y: np.ndarray,
    groups: Mapping[str, np.ndarray],
    *,
    colours: Mapping[str, str],
    name: str,
    x_title: str,
    y_range: tuple[float, float],
    limit: float | None = None,
) -> go.Figure:
    """The curve (x, y), and each of ``groups``, name → points (N, 2), as dots in its colour, named at the dots' mean.

    ``limit`` is a dotted horizontal line. Traces: ``name``, and one per group, of its name.
    """
    traces = [
        go.Scatter(
            x=compact(x), y=compact(y), name=name, mode="lines", line={"color": INK_3, "width": 2},
            hovertemplate=f"{x_title} %{{x:.3g}}<br>%{{y:.3g}}<extra></extra>",
        )
    ]  # fmt: skip
    labels = []
    for index, (group, points) in enumerate(groups.items()):
        traces.append(
            go.Scatter(
                x=compact(points[:, 0]), y=compact(points[:, 1]), name=group, mode="markers", cliponaxis=False,
                marker={"color": colours[group], "size": 7, "opacity": 0.55, "symbol": MARKERS[index]},
                hovertemplate=f"{group}<br>{x_title} %{{x:.3g}}<br>%{{y:.3g}}<extra></extra>",
            )
        )  # fmt: skip
        middle = points[np.isfinite(points).all(axis=1)]
        if len(middle):
            at_x, at_y = middle.mean(axis=0)
            labels.append(
                note(
                    float(np.clip(at_x, x[0], x[-1])), float(np.clip(at_y, *y_range)), group, colour=INK_2,
                    xanchor="left", xshift=14, yanchor="top", yshift=-8,
                )
            )  # fmt: skip
    drawn = figure(traces, x=x_title, x_range=(0, float(x[-1])), y_range=y_range, margin=(40, 16, 10, 42))
    if limit is not None:
        drawn.add_shape(reference_line(y=limit))
    for label in labels:
        drawn.add_annotation(**label)
    return drawn
