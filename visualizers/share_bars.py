"""Wholes of very different size, each as one bar of its parts."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, INK_3, SERIES, compact, figure, plain

FAINT = 0.28


def share_bars(
    parts: Mapping[str, Sequence[float]],
    *,
    names: Sequence[str],
    ends: Sequence[str],
    colours: Sequence[str] = (ACCENT, SERIES[2], INK_3),
    faint: Sequence[str] = (),
) -> go.Figure:
    """One bar a name, from 0 to 1, divided into ``parts`` (name → share of each whole); ``ends`` stands over each bar.

    A trace per part, of its name. Those named in ``faint`` are pale.
    """
    traces = [
        go.Bar(
            x=compact(values), y=list(range(len(names))), orientation="h", name=part, width=0.5,
            marker={"color": colour, "opacity": FAINT if part in faint else 1.0},
            hovertemplate=f"{part}<br>%{{x:.1%}}<extra></extra>",
        )
        for (part, values), colour in zip(parts.items(), colours, strict=False)
    ]  # fmt: skip
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
            "range": [0, 1.04], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1], "showline": False,
            "showgrid": False,
        },
        yaxis={"visible": False, "range": [len(names) - 0.6, -0.75]},
    )  # fmt: skip
