"""What a router says of each token, how it weighs its choice, and how easily noise changes it."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import column_frame
from visualizers.small_multiples import axes, axis_of, stacked, titles_above
from visualizers.theme import (
    ACCENT,
    GRID,
    INK,
    INK_3,
    SEQUENTIAL,
    SERIES,
    STAGE,
    clickable,
    compact,
    figure,
    scale,
)
from visualizers.tokens import token_axis


def verdicts(
    tokens: Sequence[str],
    probabilities: np.ndarray,
    chosen: np.ndarray,
    under: Mapping[str, np.ndarray],
    *,
    picked: int,
    sets: str,
) -> go.Figure:
    """Router ``probabilities`` (E, T), rings on the ``chosen`` (T, k); ``under`` them bars, a row a number (T,).

    The picked token stands bold and framed. A click on a token sets the control ``sets`` to its index.
    Traces: “probabilities”, “chosen”, then the names of ``under`` from the lowest up.
    """
    E, T = probabilities.shape
    places = [[[t] for t in range(T)] for _ in range(E)]
    grid = go.Heatmap(
        z=compact(probabilities), name="probabilities", customdata=places, colorscale=scale(SEQUENTIAL), zmin=0, zmax=1,
        showscale=False, xgap=1, ygap=1,
        hovertemplate="expert %{y}<br>probability %{z:.3f}<extra></extra>",
    )  # fmt: skip
    dots = go.Scatter(
        x=np.repeat(np.arange(T), chosen.shape[1]).tolist(), y=chosen.ravel().tolist(), name="chosen",
        mode="markers", hoverinfo="skip",
        marker={"size": 7, "color": STAGE, "line": {"color": INK, "width": 1.5}},
    )  # fmt: skip
    drawn = figure([clickable(grid, sets), dots], margin=(64, 8, 64, 8), bargap=0.3, shapes=[column_frame(picked)])
    token_axis(drawn, tokens, picked, "x")
    drawn.update_xaxes(side="top", tickangle=-60, range=[-0.5, T - 0.5], anchor="y")
    bottom, height, gap = 0.0, 0.17, 0.05
    for number, (name, values) in enumerate(reversed(list(under.items())), start=2):
        bars = go.Bar(
            x=list(range(T)), y=compact(values), yaxis=f"y{number}", name=name, customdata=[[t] for t in range(T)],
            marker={"color": [ACCENT if t == picked else INK_3 for t in range(T)]},
            hovertemplate=f"{name} %{{y:.3f}}<extra></extra>",
        )  # fmt: skip
        drawn.add_trace(clickable(bars, sets))
        drawn.layout[f"yaxis{number}"] = {
            "domain": [bottom, bottom + height], "rangemode": "tozero", "nticks": 3, "gridcolor": GRID,
            "zeroline": False,
            "title": {"text": name, "standoff": 2}, "ticks": "",
        }  # fmt: skip
        bottom += height + gap
    drawn.update_layout(
        yaxis={
            "domain": [bottom, 1], "range": [E - 0.5, -0.5], "tickvals": list(range(E)), "showgrid": False,
            "title": {"text": "expert", "standoff": 4},
        }
    )  # fmt: skip
    return drawn


def grouped_rows(
    rows: Mapping[str, Mapping[str, np.ndarray]],
    *,
    x_title: str,
    colours: Sequence[str] = (ACCENT, SERIES[1], SERIES[2]),
) -> go.Figure:
    """``rows`` of grouped bars, one above the other: title → series → values (E,). A ring marks what is exactly 0.

    Traces: “series, title”, and “zeros of series, title” for the rings.
    """
    domains = stacked(len(rows), 0.2)
    drawn = figure(
        [], x=x_title, margin=(48, 8, 24, 40), bargap=0.3, barmode="group", annotations=titles_above(rows, domains)
    )
    for number, (title, group) in enumerate(rows.items(), start=1):
        axis = axis_of("y", number)
        for series, (name, values) in enumerate(group.items()):
            x = np.arange(len(values))
            drawn.add_trace(
                go.Bar(
                    x=x.tolist(), y=compact(values), yaxis=axis, name=f"{name}, {title}",
                    marker={"color": colours[series]},                     offsetgroup=str(series),
                    hovertemplate=f"{name}<br>expert %{{x}}<br>%{{y:.4g}}<extra></extra>",
                )
            )  # fmt: skip
            zero = np.flatnonzero(values == 0)
            shift = 0.7 / len(group) * (series - (len(group) - 1) / 2)
            drawn.add_trace(
                go.Scatter(
                    x=compact(zero + shift), y=[0] * len(zero), yaxis=axis, name=f"zeros of {name}, {title}",
                    mode="markers", hoverinfo="skip", cliponaxis=False,
                    marker={"symbol": "circle-open", "size": 5, "color": colours[series], "line": {"width": 1.2}},
                )
            )  # fmt: skip
    drawn.update_layout(
        axes(
            "y", domains, gridcolor=GRID, zeroline=False, nticks=4, ticks="", rangemode="tozero", exponentformat="power"
        )
    )
    drawn.update_xaxes(anchor=axis_of("y", len(rows)), tickmode="linear", dtick=1)
    return drawn


def flips(
    margin: np.ndarray, rate: np.ndarray, *, typed_margin: np.ndarray, typed_rate: np.ndarray, middle: np.ndarray
) -> go.Figure:
    """A dot a token, its flip rate over its margin, typed ones in accent; ``middle`` (2, Q): the means of quarters.

    Traces: “held-out tokens”, “typed tokens”, “quarters”.
    """

    def dots(x: np.ndarray, y: np.ndarray, size: int, colour: str, opacity: float, name: str) -> go.Scatter:
        return go.Scatter(
            x=compact(x), y=compact(y), name=f"{name}s", mode="markers",
            marker={"size": size, "color": colour, "opacity": opacity},
            hovertemplate=f"{name}<br>margin %{{x:.3g}}<br>flips %{{y:.0%}}<extra></extra>",
        )  # fmt: skip

    line = go.Scatter(
        x=compact(middle[0]), y=compact(middle[1]), name="quarters", mode="lines+markers",
        line={"color": SERIES[1], "width": 2}, marker={"size": 8, "color": SERIES[1], "symbol": "diamond"},
        hovertemplate="quarter of the tokens<br>%{y:.1%}<extra></extra>",
    )  # fmt: skip
    drawn = figure(
        [
            dots(margin, rate, 5, INK_3, 0.35, "held-out token"),
            dots(typed_margin, typed_rate, 7, ACCENT, 0.9, "typed token"),
            line,
        ],
        x="margin of the choice, in logits", y_range=(-0.03, 1.03), margin=(44, 8, 8, 44),
    )  # fmt: skip
    return drawn.update_yaxes(tickformat=".0%")
