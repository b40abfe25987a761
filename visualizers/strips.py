"""Several line charts, one above the other, over one x axis: what shares its cause is read on one vertical line."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axes, axis_of, stacked, titles_above
from visualizers.theme import DASHES, GRID, INK_2, SERIES, compact, figure, note


class Strip(NamedTuple):
    """One chart: ``lines`` by name, each (x, y), with dots unless there are too many; the ``picked`` one is thick.

    ``y_range`` of a logarithmic chart is in powers of ten, ``powers`` of which lie between two ticks.
    """

    title: str
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]]
    log: bool = False
    y_range: tuple[float, float] | None = None
    colours: Sequence[str] = SERIES
    dots: bool = True
    picked: str = ""
    powers: int = 1


def strips(
    charts: Sequence[Strip], *, x_title: str, marks: Mapping[str, tuple[float, str]], x_log: Sequence[float] = ()
) -> go.Figure:
    """The charts from top to bottom; each of ``marks`` is a dotted line through all of them, named at the top.

    A mark is a place and the side of it on which its name stands, left or right. ``x_log`` are the ticks of a
    logarithmic x axis. Traces: “line, title”.
    """
    domains = stacked(len(charts), 0.14)
    own = [
        {"type": "log", "range": strip.y_range, "dtick": strip.powers}
        if strip.log
        else {"type": "linear", "range": strip.y_range}
        for strip in charts
    ]
    drawn = figure(
        [line for number, strip in enumerate(charts, start=1) for line in _lines(strip, axis_of("y", number), x_title)],
        x=x_title,
        margin=(48, 20, 44, 40),
        annotations=titles_above([strip.title for strip in charts], domains),
    ).update_layout(
        axes("y", domains, *own, gridcolor=GRID, zeroline=False, showline=False, nticks=4, exponentformat="power")
    )
    drawn.update_xaxes(anchor=axis_of("y", len(charts)))
    if x_log:
        drawn.update_xaxes(type="log", tickvals=x_log, ticktext=[f"{tick:g}" for tick in x_log])
    for text, (mark, side) in marks.items():
        for number in range(1, len(charts) + 1):
            drawn.add_shape(reference_line(x=mark, yref=f"{axis_of('y', number)} domain"))
        place = {"xanchor": "right" if side == "left" else "left", "xshift": -3 if side == "left" else 3}
        at = float(np.log10(mark)) if x_log else mark
        drawn.add_annotation(**note(at, 1, text, colour=INK_2, yref="paper", yanchor="bottom", yshift=16, **place))
    return drawn


def _lines(strip: Strip, axis: str, x_title: str) -> list[go.Scatter]:
    thin = 1.5 if strip.picked else 2
    return [
        go.Scatter(
            x=compact(x), y=compact(y), yaxis=axis, name=f"{name}, {strip.title}",
            mode="lines+markers" if strip.dots else "lines",
            line={"color": colour, "width": 3 if name == strip.picked else thin, "dash": DASHES[index % len(DASHES)]},
            marker={"size": 5, "color": colour},
            hovertemplate=f"{name}<br>{x_title} %{{x:g}}<br>%{{y:.3g}}<extra></extra>",
        )
        for index, (name, (x, y)) in enumerate(strip.lines.items())
        for colour in [strip.colours[index % len(strip.colours)]]
    ]  # fmt: skip
