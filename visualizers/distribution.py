"""Bars over named outcomes, and histograms of samples under the density that they should follow."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_3, SERIES, clickable, compact, figure, note, plain


def bars(
    values: np.ndarray,
    *,
    labels: Sequence[str],
    x_title: str = "",
    colours: Sequence[str] | str = ACCENT,
    even: float | None = None,
    even_label: str = "even",
    y_range: Sequence[float] | None = None,
    sets: str | None = None,
    write: bool = True,
) -> go.Figure:
    """One bar a label; ``write`` puts the value over it; ``even`` draws a dashed reference line.

    ``sets`` names the control that a click on a bar sets to its index. Trace: “values”.
    """
    trace = go.Bar(
        x=list(range(len(values))),
        y=compact(values),
        name="values",
        marker={"color": colours},
        text=[f"{value:.3g}" for value in values] if write else None,
        textposition="outside",
        textfont={"size": 11},
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        hovertemplate="%{customdata}<br>%{y:.4g}<extra></extra>",
        customdata=list(map(plain, labels)),
    )
    if sets is not None:
        trace.customdata = [[index] for index in range(len(values))]
        trace.hovertemplate = "%{y:.4g}<extra></extra>"
        clickable(trace, sets)
    drawn = figure([trace], x=x_title, y_range=y_range, margin=(40, 12, 22, 44), bargap=0.35)
    drawn.update_xaxes(tickmode="array", tickvals=list(range(len(labels))), ticktext=list(map(plain, labels)))
    if even is not None:
        drawn.add_shape(reference_line(y=even, dash="dash"))
        drawn.add_annotation(**note(1, even, even_label, colour=INK_3, xref="paper", xanchor="right", yanchor="bottom"))
    return drawn


def grouped_bars(groups: Mapping[str, np.ndarray], *, labels: Sequence[str], x_title: str = "") -> go.Figure:
    """Bars side by side, a trace per group, of its name, in the colours c1, c2, …"""
    traces = [
        go.Bar(
            x=list(map(plain, labels)),
            y=compact(values),
            name=name,
            marker={"color": SERIES[index % len(SERIES)]},
            hovertemplate=f"{name}<br>%{{x}}<br>%{{y:.4g}}<extra></extra>",
        )
        for index, (name, values) in enumerate(groups.items())
    ]
    drawn = figure(traces, x=x_title, margin=(40, 12, 12, 44), bargap=0.3, barmode="group")
    return drawn.update_xaxes(type="category")  # “8” and “4” are names here, not places on a scale


def densities(
    draws: np.ndarray,
    curves: np.ndarray,
    *,
    x: np.ndarray,
    frames: Sequence[str],
    start: int = 0,
    x_title: str = "",
    bins: int = 48,
    highest: float | None = None,
) -> go.Figure:
    """Draws (S, N) as bars in the accent, densities (S, len(x)) as a line in series 2; one stop S a frame.

    All stops share the bins, which span ``x``; what falls outside them is not drawn. ``highest`` cuts the y axis.
    Traces: “samples”, “density”.
    """
    edges = np.linspace(x[0], x[-1], bins + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    heights = [np.histogram(stop, edges)[0] / (len(stop) * (edges[1] - edges[0])) for stop in draws]

    def moving(at: int) -> list[go.Bar | go.Scatter]:
        return [go.Bar(y=compact(heights[at])), go.Scatter(y=compact(curves[at]))]

    bars, line = moving(start)
    bars.update(x=compact(middles), name="samples", marker={"color": ACCENT, "opacity": 0.45}, hoverinfo="skip")
    line.update(
        x=compact(x), name="density", mode="lines", line={"color": SERIES[1], "width": 2},
        hovertemplate="%{x:.3g}<br>density %{y:.3g}<extra></extra>",
    )  # fmt: skip
    drawn = figure([bars, line], x=x_title, margin=(36, 12, 8, 40), bargap=0)
    drawn.update_xaxes(range=[float(x[0]), float(x[-1])])
    drawn.update_yaxes(range=[0, highest or float(max(map(np.max, [*heights, *curves]))) * 1.05])
    drawn.frames = [go.Frame(name=name, data=moving(at), traces=[0, 1]) for at, name in enumerate(frames)]
    return drawn
