"""Who is sent to which expert, and what happens without one."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import cell_frame, column_frame, left_empty
from visualizers.small_multiples import axes, axis_of, side_by_side, stacked, titles_above, titles_beside
from visualizers.theme import ACCENT, GRID, INK, INK_3, LEGIBLE, SEQUENTIAL, clickable, compact, figure, scale
from visualizers.tokens import token_axis

GAP = 0.06


def twin_maps(
    maps: Mapping[str, np.ndarray], *, rows: Sequence[str], column_title: str, picked: int, sets: str
) -> go.Figure:
    """Maps (R, C) side by side over the same rows and columns, each on a scale of its own from zero.

    Colour is the square root of the value, so that what is faint shows. The picked column is framed in all; a click on
    a column sets the control ``sets`` to its index. A trace per map, of its name.
    """
    R, C = next(iter(maps.values())).shape
    domains = side_by_side(len(maps), GAP)
    traces = []
    for number, (name, values) in enumerate(maps.items(), start=1):
        grid = go.Heatmap(
            z=compact(np.sqrt(np.clip(values, 0, None))), xaxis=f"x{number}", name=name,
            colorscale=scale(SEQUENTIAL), zmin=0, customdata=[[[c] for c in range(C)]] * R,
            meta={"root": max(float(np.nanmax(values)), 1e-9)},
            zmax=max(float(np.nanmax(values)), 1e-9) ** 0.5, showscale=False, xgap=1, ygap=1,
            text=[[f"{row}: {f'{value:.3g}'.replace('-', '−')}" for value in line] for row, line in zip(rows, values)],
            hovertemplate=f"{column_title} %{{x}}, {name}<br>%{{text}}<extra></extra>",
        )  # fmt: skip
        traces.append(clickable(grid, sets))
    frame = cell_frame((0, R - 1), (picked, picked), width=1.5)
    drawn = figure(
        traces,
        margin=(64, 8, 24, 40),
        shapes=[frame | {"xref": axis_of("x", number)} for number in range(1, len(maps) + 1)],
        annotations=titles_beside(maps, domains),
    ).update_layout(
        axes(
            "x", domains, tickmode="linear", dtick=1, showgrid=False, showline=False, ticks="", zeroline=False,
            title={"text": column_title, "standoff": 4}, range=[-0.5, C - 0.5],
        )
    )  # fmt: skip
    return drawn.update_yaxes(
        tickmode="array", tickvals=list(range(R)), ticktext=list(rows), range=[R - 0.5, -0.5], showgrid=False
    )


def harm_by_token(tokens: Sequence[str], harm: np.ndarray, uses: np.ndarray) -> go.Figure:
    """A bar a token: the rise of the loss (T,) behind it, in accent where the token ``uses`` (T,) what is left out.

    Trace: “added loss”.
    """
    bars = go.Bar(
        x=list(range(len(tokens))), y=compact(harm), name="added loss",
        marker={"color": [ACCENT if used else INK_3 for used in uses]},
        hovertemplate="%{y:.3f} nats<extra></extra>",
    )  # fmt: skip
    drawn = figure([left_empty(bars)], margin=(36, 8, 8, 56), bargap=0.25)  # nothing follows the last token
    token_axis(drawn, tokens, None, "x", size=10)
    return drawn.update_xaxes(tickangle=-60, range=[-0.6, len(tokens) - 0.4])


def twin_gates(maps: Mapping[str, np.ndarray], *, tokens: Sequence[str]) -> go.Figure:
    """Maps (E, T) one above the other over the same tokens, gates from 0 to 1; NaN cells stay empty.

    A trace per map, of its name.
    """
    E, T = next(iter(maps.values())).shape
    domains = stacked(len(maps), 0.12)
    traces = [
        go.Heatmap(
            z=compact(values), yaxis=f"y{number}", name=name, colorscale=scale(SEQUENTIAL), zmin=0, zmax=1,
            showscale=False, xgap=1, ygap=1,
            hovertemplate="expert %{y}, gate %{z:.3f}<extra></extra>", hoverongaps=False,
        )
        for number, (name, values) in enumerate(maps.items(), start=1)
    ]  # fmt: skip
    drawn = figure(traces, margin=(28, 8, 20, 52), annotations=titles_above(map("<b>{}</b>".format, maps), domains))
    token_axis(drawn, tokens, None, "x")
    drawn.update_layout(
        axes(
            "y", domains, range=[E - 0.5, -0.5], tickvals=[0, E - 1], showgrid=False, zeroline=False, ticks=""
        )
    )  # fmt: skip
    return drawn.update_xaxes(tickangle=-60, range=[-0.5, T - 0.5], anchor=axis_of("y", len(maps)))


def ranked(
    tokens: Sequence[str], probabilities: np.ndarray, experts: np.ndarray, kept: np.ndarray, k: int, *, picked: int,
    sets: str,
) -> go.Figure:  # fmt: skip
    """Every token's ``experts`` (E, T) in the order of their ``probabilities`` (E, T), a line under the k-th.

    Below, bars of what the first k hold, ``kept`` (T,). A click on a token sets the control ``sets`` to its index.
    Traces: “probabilities”, “kept”.
    """
    E, T = probabilities.shape
    columns = [[t] for t in range(T)]
    grid = go.Heatmap(
        z=compact(probabilities), name="probabilities", customdata=[columns] * E, colorscale=scale(SEQUENTIAL),
        zmin=0, zmax=LEGIBLE, showscale=False, xgap=1, ygap=1, text=experts.tolist(), texttemplate="%{text}",
        textfont={"color": INK, "size": 11},
        hovertemplate="expert %{text}<br>probability %{z:.3f}<extra></extra>",
    )  # fmt: skip
    bars = go.Bar(
        x=list(range(T)), y=compact(kept), yaxis="y2", name="kept", customdata=columns,
        marker={"color": [ACCENT if t == picked else INK_3 for t in range(T)]},
        hovertemplate="kept %{y:.3f}<extra></extra>",
    )  # fmt: skip
    drawn = figure(
        [clickable(grid, sets), clickable(bars, sets)],
        margin=(64, 8, 64, 8),
        bargap=0.3,
        shapes=[
            {
                "type": "line", "x0": -0.5, "x1": T - 0.5, "y0": k - 0.5, "y1": k - 0.5,
                "line": {"color": INK, "width": 2},
            },
            column_frame(picked),
        ],
    )  # fmt: skip
    token_axis(drawn, tokens, picked, "x")
    drawn.update_xaxes(side="top", tickangle=-60, range=[-0.5, T - 0.5], anchor="y")
    bare = {"showgrid": False, "zeroline": False, "ticks": ""}
    return drawn.update_layout(
        yaxis=bare
        | {
            "domain": [0.3, 1], "range": [E - 0.5, -0.5], "tickvals": list(range(E)),
            "ticktext": ["best", *(f"{rank}." for rank in range(2, E + 1))],
        },
        yaxis2={
            "domain": [0, 0.24], "range": [0, 1], "tickvals": [0, 1], "tickformat": ".0%", "gridcolor": GRID,
            "ticks": "",
            "title": {"text": "kept", "standoff": 2}, "zeroline": False,
        },
    )  # fmt: skip
