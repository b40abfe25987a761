"""How the work is shared: histograms divided by class, and shares over time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.stepped import Patch, stepped
from visualizers.theme import AXIS, DASHES, INK, SERIES, compact, figure

GAP = 0.07


def histograms(
    panels: Mapping[str, np.ndarray], *, marks: Mapping[str, np.ndarray], mark_label: str, moments: Sequence[str]
) -> go.Figure:
    """Side by side, one histogram a panel: ``panels`` name → joint shares (S, C, E), each bar stacked of its classes.

    The last of the S moments is drawn, and each is a frame if there are several. The dashed line is a uniform load; the
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
    domains = side_by_side(len(names), GAP)
    bare = {"showgrid": False, "ticks": "", "showline": True, "linecolor": AXIS, "zeroline": False}
    low, high = axis["range"]
    line = reference_line(y=even, colour=INK, dash="dash", width=1.2, x0=low, x1=high)
    return figure(
        traces,
        margin=(44, 12, 24, 40),
        y_range=(0, highest),
        bargap=0.18,
        barmode="stack",
        yaxis_tickformat=".0%",
        shapes=[line | {"xref": axis_of("x", number)} for number in range(1, len(names) + 1)],
        annotations=titles_beside(names, domains),
    ).update_layout(axes("x", domains, **axis, **bare))
