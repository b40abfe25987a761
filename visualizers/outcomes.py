"""What settings or methods come to: one chart per outcome, one above the other."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axes, axis_of, stacked, titles_above
from visualizers.theme import ACCENT, GRID, INK_3, compact, figure, note
from visualizers.written_numbers import written


def over_settings(
    rows: Mapping[str, np.ndarray], names: Sequence[str], *, picked: int, marks: Mapping[str, int], x_title: str
) -> go.Figure:
    """A line chart per row: title → one value per setting (N,), evenly spaced and named below.

    The picked setting stands in accent; each of ``marks`` is a dotted vertical line at a setting, named at the top. A
    trace per row, of its title.
    """
    x = list(range(len(names)))
    here = np.arange(len(names)) == picked
    domains = stacked(len(rows), 0.16)
    lines = [
        go.Scatter(
            x=x, y=compact(values), yaxis=axis_of("y", number), name=title, mode="lines+markers",
            line={"color": INK_3, "width": 1.5}, customdata=list(names),
            marker={
                "size": [12 if own else 7 for own in here], "color": [ACCENT if own else INK_3 for own in here],
                "opacity": 1,
            },
            hovertemplate=f"{x_title} %{{customdata}}<br>%{{y:.4g}}<extra></extra>", cliponaxis=False,
        )
        for number, (title, values) in enumerate(rows.items(), start=1)
    ]  # fmt: skip
    drawn = figure(
        lines,
        x=x_title,
        margin=(48, 16, 44, 40),
        shapes=[reference_line(x=at, layer="below") for at in marks.values()],
        annotations=titles_above(rows, domains)
        + [note(at, 1, text, yref="paper", yanchor="bottom", yshift=20) for text, at in marks.items()],
    ).update_layout(axes("y", domains, gridcolor=GRID, zeroline=False, ticks="", nticks=4, rangemode="tozero"))
    return drawn.update_xaxes(
        tickmode="array", tickvals=x, ticktext=list(names), range=[-0.3, len(names) - 0.7],
        anchor=axis_of("y", len(rows)),
    )  # fmt: skip


def _written(value: float) -> str:
    """Three digits, never with an exponent where numbers are large: “0.0203”, “69 632”."""
    return written(value) if abs(value) >= 1000 else f"{value:.3g}"


def outcomes(
    rows: Mapping[str, Sequence[float]], names: Sequence[str], *, colours: Sequence[str], room: int = 56
) -> go.Figure:
    """Horizontal bars per row: title → one value per name, each name in its colour, the value written.

    ``room`` is the width of the names in pixels. A trace per row, of its title.
    """
    domains, places = stacked(len(rows), 0.2), list(range(len(names)))
    bars = [
        go.Bar(
            x=compact(values), y=places, orientation="h", xaxis=axis_of("x", number), yaxis=axis_of("y", number),
            name=title, marker={"color": list(colours)}, text=[_written(value) for value in values],
            textposition="outside", cliponaxis=False, hovertemplate="%{x:.4g}<extra></extra>",
        )
        for number, (title, values) in enumerate(rows.items(), start=1)
    ]  # fmt: skip
    whole = [(0.0, 1.0)] * len(rows)
    anchors = {letter: [{"anchor": axis_of(letter, number + 1)} for number in range(len(rows))] for letter in "xy"}
    return figure(
        bars, margin=(room, 44, 22, 6), bargap=0.25, annotations=titles_above(rows, domains)
    ).update_layout(
        axes(
            "x", whole, *anchors["y"], showticklabels=False, showgrid=False, showline=False, zeroline=False,
            rangemode="tozero",
        )
        | axes(
            "y", domains, *anchors["x"], range=[len(names) - 0.4, -0.6], tickvals=places, ticktext=list(names),
            showgrid=False, ticks="",
        )
    )  # fmt: skip
