"""What a recurrent cell does while it reads a text: charts one above the other over the same characters."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axis_of, titles_above
from visualizers.theme import DASHES, DIVERGING, GRID, SEQUENTIAL, SERIES, compact, figure, plain, scale
from visualizers.tokens import token_size

GAP = 34
"""Pixels between two charts, for the title of the lower one."""


class Cells(NamedTuple):
    """Rows of numbers (R, T), coloured from 0 to ``high``, or from −``high`` to ``high`` if ``signed``."""

    title: str
    values: np.ndarray
    rows: Sequence[str] = ()
    high: float = 1.0
    signed: bool = False

    @property
    def pixels(self) -> float:
        return min(120.0, max(16.0 * len(self.values), 24.0))


class Lines(NamedTuple):
    """Lines over the characters, each of its own dash; ``colours`` by name."""

    title: str
    lines: Mapping[str, np.ndarray]
    y_range: tuple[float, float] | None = None
    colours: Mapping[str, str] | None = None
    steps: bool = False
    pixels: float = 84.0


def height_of(charts: Sequence[Cells | Lines]) -> int:
    """Pixels that the charts take with their titles, the characters below and the margins."""
    return round(sum(chart.pixels for chart in charts) + GAP * len(charts) + 44)


def read_text(
    tokens: Sequence[str], charts: Sequence[Cells | Lines], *, x_title: str = "", marks: Sequence[float] = ()
) -> go.Figure:
    """The charts from top to bottom over ``tokens``; a dotted line through all of them at each step of ``marks``.

    Traces: the title of a chart of cells, the names of lines.
    """
    whole = sum(chart.pixels for chart in charts) + GAP * (len(charts) - 1)
    traces: list[go.Heatmap | go.Scatter] = []
    domains: list[tuple[float, float]] = []
    top, x = whole, list(range(len(tokens)))
    layout: dict[str, dict[str, object]] = {}
    for number, chart in enumerate(charts, 1):
        axis = axis_of("y", number)
        domains.append((max(0.0, (top - chart.pixels) / whole), min(1.0, top / whole)))
        own: dict[str, object] = {"domain": list(domains[-1]), "zeroline": False, "ticks": ""}
        if isinstance(chart, Cells):
            traces.append(_cells(chart, tokens, axis))
            named = list(chart.rows)
            own |= {
                "autorange": "reversed", "showgrid": False, "tickmode": "array",
                "tickvals": list(range(len(named))), "ticktext": [plain(name) for name in named],
            }  # fmt: skip
        else:
            traces += _lines(chart, tokens, x, axis)
            own |= {"range": chart.y_range, "nticks": 3, "gridcolor": GRID}
        layout[axis_of("yaxis", number)] = own
        top -= chart.pixels + GAP
    drawn = figure(
        traces,
        x=x_title,
        margin=(54, 12, 24, 44),
        annotations=titles_above([chart.title for chart in charts], domains),
        shapes=[reference_line(x=mark, layer="above") for mark in marks],
    ).update_layout(layout)
    return drawn.update_xaxes(
        tickmode="array", tickvals=x, ticktext=[plain(token) for token in tokens], range=[-0.6, len(tokens) - 0.4],
        tickfont={"size": token_size(len(tokens)) if len(tokens) > 24 else 12}, tickangle=0, showline=False,
        anchor=axis_of("y", len(charts)),
    )  # fmt: skip


def _cells(chart: Cells, tokens: Sequence[str], axis: str) -> go.Heatmap:
    return go.Heatmap(
        z=compact(chart.values), yaxis=axis, name=chart.title, showscale=False, xgap=1, ygap=1,
        colorscale=scale(DIVERGING if chart.signed else SEQUENTIAL),
        zmin=-chart.high if chart.signed else 0, zmax=chart.high,
        hovertemplate=f"{chart.title}, step %{{x}}<br>%{{z:.3f}}<extra>%{{y}}</extra>",
    )  # fmt: skip


def _lines(chart: Lines, tokens: Sequence[str], x: Sequence[int], axis: str) -> list[go.Scatter]:
    colours = chart.colours or {}
    return [
        go.Scatter(
            x=x, y=compact(values), yaxis=axis, name=name, mode="lines+markers", cliponaxis=False,
            line={
                "color": colours.get(name, SERIES[index]), "width": 2, "dash": DASHES[index % len(DASHES)],
                "shape": "hvh" if chart.steps else "linear",
            },
            marker={"size": 4, "color": colours.get(name, SERIES[index])},
            hovertemplate=f"{name}, step %{{x}}<br>%{{y:.3f}}<extra></extra>",
        )
        for index, (name, values) in enumerate(chart.lines.items())
    ]  # fmt: skip
