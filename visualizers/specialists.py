"""Who is sent to which expert, and what happens without one."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, INK_3, SEQUENTIAL, clickable, compact, figure, note, scale
from visualizers.tokens import token_axis

GAP = 0.06


def twin_maps(
    maps: Mapping[str, np.ndarray], *, rows: Sequence[str], column_title: str, picked: int, sets: str
) -> go.Figure:
    """Maps (R, C) side by side over the same rows and columns, each on a scale of its own from zero.

    Colour is the square root of the value, so that what is faint shows. The picked column is framed in all; a click on
    a column sets the control ``sets`` to its index.
    """
    R, C = next(iter(maps.values())).shape
    wide = (1 - GAP * (len(maps) - 1)) / len(maps)
    traces, starts = [], [number * (wide + GAP) for number in range(len(maps))]
    for number, (name, values) in enumerate(maps.items(), start=1):
        grid = go.Heatmap(
            z=compact(np.sqrt(np.clip(values, 0, None))), xaxis=f"x{number}", colorscale=scale(SEQUENTIAL), zmin=0,
            customdata=[[[c] for c in range(C)]] * R,
            zmax=max(float(np.nanmax(values)), 1e-9) ** 0.5, showscale=False, xgap=1, ygap=1,
            text=[[f"{row}: {value:.3g}" for value in line] for row, line in zip(rows, values, strict=True)],
            hovertemplate=f"{column_title} %{{x}}, {name}<br>%{{text}}<extra></extra>",
        )  # fmt: skip
        traces.append(clickable(grid, sets))
    box = {"type": "rect", "y0": -0.5, "y1": R - 0.5, "line": {"color": INK, "width": 1.5}}
    drawn = figure(
        traces,
        margin=(64, 8, 24, 40),
        shapes=[
            box | {"xref": f"x{number}" if number > 1 else "x", "x0": picked - 0.5, "x1": picked + 0.5}
            for number in range(1, len(maps) + 1)
        ],
        annotations=[
            note(start, 1, f"<b>{name}</b>", xref="paper", yref="paper", xanchor="left", yanchor="bottom", colour=INK)
            for start, name in zip(starts, maps, strict=True)
        ],
    )
    bare = {"tickmode": "linear", "dtick": 1, "showgrid": False, "showline": False, "ticks": "", "zeroline": False}
    drawn.update_layout(
        {
            f"xaxis{number}": bare
            | {
                "domain": [start, start + wide],
                "title": {"text": column_title, "standoff": 4},
                "range": [-0.5, C - 0.5],
            }
            for number, start in enumerate(starts, start=1)
        }
    )
    return drawn.update_yaxes(
        tickmode="array", tickvals=list(range(R)), ticktext=list(rows), range=[R - 0.5, -0.5], showgrid=False
    )


def harm_by_token(tokens: Sequence[str], harm: np.ndarray, uses: np.ndarray) -> go.Figure:
    """A bar a token: the rise of the loss (T,) behind it, in accent where the token ``uses`` (T,) what is left out."""
    bars = go.Bar(
        x=list(range(len(tokens))), y=compact(harm), marker={"color": [ACCENT if used else INK_3 for used in uses]},
        hovertemplate="%{y:.3f} nats<extra></extra>",
    )  # fmt: skip
    drawn = figure([bars], margin=(36, 8, 8, 56), bargap=0.25)
    token_axis(drawn, tokens, None, "x", size=10)
    return drawn.update_xaxes(tickangle=-60, range=[-0.6, len(tokens) - 0.4])
