"""Line charts side by side, each over an axis of its own."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import DASHES, GRID, compact, figure, note


class Chart(NamedTuple):
    """``lines`` (P,) over ``x`` (P,), each in its colour; ``levels`` are dotted horizontal lines of some colours.

    ``mark`` is a dotted vertical line and its name.
    """

    title: str
    x: np.ndarray
    lines: Mapping[str, np.ndarray]
    colours: Mapping[str, str]
    x_title: str
    y_range: tuple[float, float] | None = None
    levels: Sequence[tuple[float, str]] = ()
    mark: tuple[float, str] | None = None
    dots: bool = False


def charts_beside(charts: Sequence[Chart]) -> go.Figure:
    """A trace per line, of its name: names differ over all charts."""
    domains = side_by_side(len(charts), 0.12)
    traces, shapes, notes = [], [], []
    for number, chart in enumerate(charts, start=1):
        place = {"xaxis": axis_of("x", number), "yaxis": axis_of("y", number)}
        for index, (name, y) in enumerate(chart.lines.items()):
            traces.append(
                go.Scatter(
                    x=compact(chart.x), y=compact(y), name=name, mode="lines+markers" if chart.dots else "lines",
                    line={"color": chart.colours[name], "width": 2, "dash": DASHES[index % len(DASHES)]},
                    marker={"size": 6, "color": chart.colours[name]}, **place,
                    hovertemplate=f"{name}<br>{chart.x_title} %{{x:.4g}}<br>%{{y:.4g}}<extra></extra>",
                )
            )  # fmt: skip
        for level, colour in chart.levels:
            shapes.append(
                reference_line(y=level, colour=colour, xref=f"{axis_of('x', number)} domain", yref=axis_of("y", number))
            )
        if chart.mark:
            at, said = chart.mark
            shapes.append(reference_line(x=at, xref=axis_of("x", number)))
            notes.append(
                note(at, 1, said, xref=axis_of("x", number), yref="paper", xanchor="left", yanchor="top", xshift=5)
            )
    titles = titles_beside([chart.title for chart in charts], domains)
    drawn = figure(traces, margin=(40, 12, 26, 42), annotations=[*titles, *notes], shapes=shapes)
    own_x = [
        {"anchor": axis_of("y", number), "title": {"text": chart.x_title, "standoff": 6}}
        for number, chart in enumerate(charts, start=1)
    ]
    own_y = [{"anchor": axis_of("x", number), "range": chart.y_range} for number, chart in enumerate(charts, start=1)]
    drawn.update_layout(axes("x", domains, *own_x, showgrid=False, zeroline=False, ticks="", nticks=6))
    return drawn.update_layout(
        axes("y", [(0, 1)] * len(charts), *own_y, gridcolor=GRID, zeroline=False, ticks="", nticks=5)
    )
