"""Several charts, one above the other, over one x axis: what shares its cause is read on one upright."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import DASHES, GRID, INK_2, INK_3, SERIES, compact, figure, note


class Strip(NamedTuple):
    """One chart: ``lines`` by name, each (x, y). A line's name stands at its end if it has more than one neighbour."""

    title: str
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]]
    log: bool = False
    y_range: tuple[float, float] | None = None
    colours: Sequence[str] = SERIES


def strips(
    charts: Sequence[Strip], *, x_title: str, marks: Mapping[str, tuple[float, str]], x_log: Sequence[float] = ()
) -> go.Figure:
    """The charts from top to bottom; each of ``marks`` is a dotted upright through all of them, named at the top.

    A mark is a place and the side of it on which its name stands, left or right. ``x_log`` are the ticks of a
    logarithmic x axis. Traces: “line, title”.
    """
    gap = 0.14
    tall = (1 - gap * (len(charts) - 1)) / len(charts)
    drawn = figure([], x=x_title, margin=(48, 20, 44, 40))
    drawn.update_xaxes(anchor=f"y{len(charts)}" if len(charts) > 1 else "y")
    for number, strip in enumerate(charts, start=1):
        axis = "y" if number == 1 else f"y{number}"
        top = 1 - (number - 1) * (tall + gap)
        drawn.layout[axis.replace("y", "yaxis")] = {
            "domain": [max(top - tall, 0), top], "type": "log" if strip.log else "linear", "range": strip.y_range,
            "gridcolor": GRID, "zeroline": False, "showline": False, "nticks": 4, "exponentformat": "power",
            "dtick": 1 if strip.log else None,
        }  # fmt: skip
        drawn.add_annotation(**note(0, top, strip.title, xref="paper", yref="paper", xanchor="left", yanchor="bottom"))
        for index, (name, (x, y)) in enumerate(strip.lines.items()):
            colour = strip.colours[index % len(strip.colours)]
            drawn.add_trace(
                go.Scatter(
                    x=compact(x), y=compact(y), yaxis=axis, name=f"{name}, {strip.title}", mode="lines+markers",
                    line={"color": colour, "width": 2, "dash": DASHES[index]}, marker={"size": 5, "color": colour},
                    hovertemplate=f"{name}<br>{x_title} %{{x:g}}<br>%{{y:.3g}}<extra></extra>",
                )
            )  # fmt: skip
    if x_log:
        drawn.update_xaxes(type="log", tickvals=x_log, ticktext=[f"{tick:g}" for tick in x_log])
    for text, (mark, side) in marks.items():
        for number in range(len(charts)):
            within = f"y{number + 1} domain" if number else "y domain"
            line = {"color": INK_3, "width": 1, "dash": "dot"}
            drawn.add_shape(type="line", x0=mark, x1=mark, y0=0, y1=1, yref=within, line=line)
        place = {"xanchor": "right" if side == "left" else "left", "xshift": -3 if side == "left" else 3}
        at = float(np.log10(mark)) if x_log else mark
        drawn.add_annotation(**note(at, 1, text, colour=INK_2, yref="paper", yanchor="bottom", yshift=16, **place))
    return drawn
