"""What happens to each token above, what happens at each distance below."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import AXIS, DASHES, GRID, MARKERS, SERIES, clickable, compact, figure, note
from visualizers.tokens import token_axis, token_size

SPLIT = 0.62, 0.36
"""Where the upper chart starts and the lower one ends, as shares of the height."""


def by_token_and_distance(
    tokens: Sequence[str],
    by_token: Mapping[str, np.ndarray],
    by_distance: Mapping[str, np.ndarray],
    *,
    titles: tuple[str, str],
    query: int,
    sets: str | None = None,
) -> go.Figure:
    """Bars over the tokens, a series each, and below lines over the distance, in the same colours.

    What is not a positive number is left out of the lines, whose axis is logarithmic. The token ``query`` stands bold;
    a click on a bar sets the control ``sets`` to its index. Traces: “series, by token”, “series, by distance”.
    """
    bars = [
        go.Bar(
            x=list(range(len(tokens))), y=compact(values), name=f"{name}, by token", marker={"color": SERIES[index]},
            hovertemplate=f"{name} %{{y:.4f}}<extra>%{{x}}</extra>",
        )
        for index, (name, values) in enumerate(by_token.items())
    ]  # fmt: skip
    lines = [
        go.Scatter(
            x=list(range(len(values))), y=compact(np.where(values > 0, values, np.nan)), xaxis="x2", yaxis="y2",
            name=f"{name}, by distance", mode="lines+markers",
            line={"color": SERIES[index], "width": 2, "dash": DASHES[index]},
            marker={"size": 6, "symbol": MARKERS[index], "color": SERIES[index]},
            hovertemplate=f"{name}, %{{x}} apart<br>%{{y:.3g}}<extra></extra>",
        )
        for index, (name, values) in enumerate(by_distance.items())
    ]  # fmt: skip
    drawn = figure(
        [*(clickable(bar, sets) if sets else bar for bar in bars), *lines],
        margin=(44, 12, 22, 40), bargap=0.25, barmode="group",
        annotations=[
            note(0, top, title, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
            for top, title in zip((1, SPLIT[1]), titles)
        ],
    )  # fmt: skip
    token_axis(drawn, tokens, query, "x", token_size(len(tokens)))
    drawn.update_layout(
        xaxis={"showline": True, "tickangle": -60, "anchor": "y"},
        yaxis={"domain": [SPLIT[0], 1], "rangemode": "tozero", "nticks": 4},
        xaxis2={
            "anchor": "y2", "title": {"text": "tokens apart", "standoff": 6}, "showgrid": False, "showline": True,
            "linecolor": AXIS, "zeroline": False, "ticks": "", "dtick": 1,
        },
        yaxis2={
            "domain": [0, SPLIT[1] - 0.02], "type": "log", "gridcolor": GRID, "showline": False, "ticks": "",
            "dtick": 1, "exponentformat": "power",
        },
    )  # fmt: skip
    return drawn
