"""How the work is shared: histograms divided by class, shares over time, and what a setting does to both ends."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, AXIS, DASHES, GRID, INK, INK_3, SERIES, compact, figure, note

GAP = 0.07


def histograms(
    panels: Mapping[str, np.ndarray], *, marks: Mapping[str, np.ndarray], mark_label: str, moments: Sequence[str]
) -> go.Figure:
    """Side by side, one histogram a panel: ``panels`` name → joint shares (S, C, E), each bar stacked of its classes.

    The last of the S moments is drawn, and each is a frame if there are several. The dashed line is an even load; the
    diamonds are ``marks`` (S, E). All panels share one scale. Traces: “class 0, panel” … and “mark_label, panel”.
    """
    _, C, E = next(iter(panels.values())).shape
    tallest = [float(joint.sum(axis=1).max()) for joint in panels.values()] + [
        float(mark.max()) for mark in marks.values()
    ]
    places = list(range(E))
    traces = []
    for number, (name, joint) in enumerate(panels.items(), start=1):
        traces += [
            go.Bar(
                x=places, y=compact(joint[-1, c]), xaxis=f"x{number}", name=f"class {c}, {name}",
                marker={"color": SERIES[c % len(SERIES)]},
                hovertemplate=f"expert %{{x}}, class {c}<br>%{{y:.1%}} of all tokens<extra></extra>",
            )
            for c in range(C)
        ]  # fmt: skip
        traces.append(
            go.Scatter(
                x=places, y=compact(marks[name][-1]), xaxis=f"x{number}", name=f"{mark_label}, {name}", mode="markers",
                cliponaxis=False,
                marker={"symbol": "diamond-open", "size": 9, "color": INK, "line": {"width": 2}},
                hovertemplate=f"{mark_label} %{{y:.1%}}<extra>expert %{{x}}</extra>",
            )
        )  # fmt: skip
    axis = {"title": {"text": "expert", "standoff": 4}, "range": [-0.6, E - 0.4], "tickmode": "linear", "dtick": 1}
    drawn = _side_by_side(traces, list(panels), axis, 1 / E, min(1.12 * max(2 / E, *tallest), 1.06))
    if len(moments) == 1:
        return drawn

    def patches(moment: int) -> Iterator[Patch]:
        for name, joint in panels.items():
            yield from ({"y": compact(shares)} for shares in joint[moment])
            yield {"y": compact(marks[name][moment])}

    return stepped(drawn, moments, (list(patches(moment)) for moment in range(len(moments))), range(len(traces)))


def shares_over_time(panels: Mapping[str, np.ndarray], steps: np.ndarray, *, last: int, x_title: str) -> go.Figure:
    """Side by side, a chart a panel: the share of each of E parties over the steps, (S, E); dashed where all are even.

    ``last`` is the step at which the axis ends, reached or not. Traces: “expert 0, panel” …
    """
    E = next(iter(panels.values())).shape[1]
    highest = 1.06 * max(2 / E, *(float(shares.max()) for shares in panels.values()))
    traces = [
        go.Scatter(
            x=compact(steps), y=compact(shares[:, e]), xaxis=f"x{number}", name=f"expert {e}, {name}", mode="lines",
            line={"color": SERIES[e % len(SERIES)], "width": 1.8, "dash": DASHES[e % len(DASHES)]},
            hovertemplate=f"expert {e}<br>step %{{x}}: %{{y:.1%}}<extra></extra>",
        )
        for number, (name, shares) in enumerate(panels.items(), start=1)
        for e in range(E)
    ]  # fmt: skip
    axis = {"title": {"text": x_title, "standoff": 4}, "range": [0, last], "tickvals": [0, last // 2, last]}
    return _side_by_side(traces, list(panels), axis, 1 / E, min(highest, 1.04))


def _side_by_side(
    traces: Sequence[Any], names: Sequence[str], axis: dict[str, Any], even: float, highest: float
) -> go.Figure:
    """Panels over one y axis, the n-th with the x axis ``xn``; dashed at ``even``."""
    wide = (1 - GAP * (len(names) - 1)) / len(names)
    starts = [number * (wide + GAP) for number in range(len(names))]
    bare = {"showgrid": False, "ticks": "", "showline": True, "linecolor": AXIS, "zeroline": False}
    low, high = axis["range"]
    dashed = {"color": INK, "width": 1.2, "dash": "dash"}
    line = {"type": "line", "x0": low, "x1": high, "y0": even, "y1": even, "line": dashed}
    return figure(
        traces,
        margin=(44, 12, 24, 40),
        y_range=(0, highest),
        bargap=0.18,
        barmode="stack",
        yaxis_tickformat=".0%",
        shapes=[line | {"xref": f"x{number}" if number > 1 else "x"} for number in range(1, len(names) + 1)],
        annotations=[
            note(start, 1, f"<b>{name}</b>", xref="paper", yref="paper", xanchor="left", yanchor="bottom", colour=INK)
            for start, name in zip(starts, names, strict=True)
        ],
    ).update_layout(
        {
            f"xaxis{number}": axis | bare | {"domain": [start, start + wide]}
            for number, start in enumerate(starts, start=1)
        }
    )


def over_settings(
    rows: Mapping[str, np.ndarray], names: Sequence[str], *, picked: int, marks: Mapping[str, int], x_title: str
) -> go.Figure:
    """One above the other, a chart a row: title → one value a setting (N,), evenly spaced and named below.

    The picked setting stands in accent; each of ``marks`` is a dotted upright at a setting, named at the top. A
    trace per row, of its title.
    """
    count, gap = len(rows), 0.16
    tall = (1 - gap * (count - 1)) / count
    x = list(range(len(names)))
    here = np.arange(len(names)) == picked
    tops = [1 - number * (tall + gap) for number in range(count)]
    upright = {
        "type": "line",
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": INK_3, "width": 1, "dash": "dot"},
        "layer": "below",
    }
    drawn = figure(
        [],
        x=x_title,
        margin=(48, 16, 44, 40),
        shapes=[upright | {"x0": at, "x1": at} for at in marks.values()],
        annotations=[
            *(
                note(0, top, title, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
                for top, title in zip(tops, rows, strict=True)
            ),
            *(note(at, 1, text, yref="paper", yanchor="bottom", yshift=20) for text, at in marks.items()),
        ],
    )
    for number, (top, (title, values)) in enumerate(zip(tops, rows.items(), strict=True), start=1):
        axis = "y" if number == 1 else f"y{number}"
        drawn.add_trace(
            go.Scatter(
                x=x, y=compact(values), yaxis=axis, name=title, mode="lines+markers",
                line={"color": INK_3, "width": 1.5}, customdata=list(names),
                marker={
                    "size": [12 if own else 7 for own in here], "color": [ACCENT if own else INK_3 for own in here],
                    "opacity": 1,
                },
                hovertemplate=f"{x_title} %{{customdata}}<br>%{{y:.4g}}<extra></extra>", cliponaxis=False,
            )
        )  # fmt: skip
        drawn.layout[axis.replace("y", "yaxis")] = {
            "domain": [max(top - tall, 0), top], "gridcolor": GRID, "zeroline": False, "ticks": "", "nticks": 4,
            "rangemode": "tozero",
        }  # fmt: skip
    return drawn.update_xaxes(
        tickmode="array",
        tickvals=x,
        ticktext=list(names),
        range=[-0.3, len(names) - 0.7],
        anchor=f"y{count}" if count > 1 else "y",
    )


def outcomes(
    rows: Mapping[str, Sequence[float]], names: Sequence[str], *, colours: Sequence[str], room: int = 56
) -> go.Figure:
    """A bar chart a row, one above the other: title → one value a name, each name in its colour, the value written.

    ``room`` is the width of the names in pixels. A trace per row, of its title.
    """
    count, gap = len(rows), 0.2
    tall = (1 - gap * (count - 1)) / count
    tops = [1 - number * (tall + gap) for number in range(count)]
    titles = [
        note(0, top, title, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
        for top, title in zip(tops, rows, strict=True)
    ]
    drawn = figure([], margin=(room, 44, 22, 6), bargap=0.25, annotations=titles)
    places = list(range(len(names)))
    for number, (top, (title, values)) in enumerate(zip(tops, rows.items(), strict=True), start=1):
        axis = "" if number == 1 else str(number)
        drawn.add_trace(
            go.Bar(
                x=compact(values), y=places, orientation="h", xaxis=f"x{axis}", yaxis=f"y{axis}", name=title,
                marker={"color": list(colours)},
                text=[f"{value:.3g}" for value in values], textposition="outside", cliponaxis=False,
                hovertemplate="%{x:.4g}<extra></extra>",
            )
        )  # fmt: skip
        drawn.layout[f"xaxis{axis}"] = {
            "anchor": f"y{axis}",
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
            "rangemode": "tozero",
        }
        drawn.layout[f"yaxis{axis}"] = {
            "anchor": f"x{axis}", "domain": [max(top - tall, 0), top], "range": [len(names) - 0.4, -0.6],
            "tickvals": places, "ticktext": list(names),
            "showgrid": False, "ticks": "",
        }  # fmt: skip
    return drawn
