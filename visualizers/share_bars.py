"""Wholes of very different size, each as one bar of its parts."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, INK_3, SERIES, compact, figure, plain


def share_bars(
    parts: Mapping[str, np.ndarray],
    *,
    names: Sequence[str],
    ends: Sequence[str],
    beyond: np.ndarray | None = None,
    beyond_label: str = "",
    colours: Sequence[str] = (ACCENT, SERIES[2], INK_3),
    faint: Sequence[str] = (),
) -> go.Figure:
    """One bar a name, from 0 to 1, divided into ``parts`` (name → share of each whole); ``ends`` stands right of each bar.

    ``beyond`` marks a second length for each bar, in wholes, with a diamond; NaN where there is none.
    """
    count = len(names)
    rows = list(range(count))
    furthest = 1.0 if beyond is None else float(np.nanmax(np.append(beyond, 1.0)))
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=compact(values), y=rows, orientation="h", name=part, width=0.5,
            marker={"color": colour, "opacity": 0.28 if part in faint else 1.0},
            hovertemplate=f"{part}<br>%{{x:.1%}}<extra></extra>",
        )
        for (part, values), colour in zip(parts.items(), colours, strict=False)
    ]  # fmt: skip
    if beyond is not None:
        traces.append(
            go.Scatter(
                x=compact(beyond), y=rows, mode="markers", marker={"symbol": "diamond-open", "size": 10, "color": INK, "line": {"width": 2}},
                hovertemplate=f"{beyond_label}<br>%{{x:.0%}} of the whole<extra></extra>",
            )
        )  # fmt: skip
    place = {"x": 0, "xanchor": "left", "showarrow": False, "font": {"size": 12, "color": INK}}
    labels = [f"<b>{plain(name)}</b>&nbsp; {plain(end)}" for name, end in zip(names, ends, strict=True)]
    return figure(
        traces,
        margin=(12, 12, 4, 30),
        barmode="stack",
        bargap=0.2,
        annotations=[place | {"y": row - 0.44, "text": label} for row, label in enumerate(labels)],
    ).update_layout(
        xaxis={
            "range": [0, 1.04 * max(1.0, furthest)], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1], "showline": False,
            "showgrid": False,
        },
        yaxis={"visible": False, "range": [count - 0.6, -0.75]},
    )  # fmt: skip
