"""Which blocks of earlier tokens each query picked, the window beside them, and whether what it asked for was read."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import AXIS, FAILED, HELD, SEQUENTIAL, SERIES, STAGE, compact, figure

KINDS = (STAGE, SEQUENTIAL[3], SERIES[2])


def picked_entries(
    picked: np.ndarray, window: np.ndarray, target: np.ndarray, right: np.ndarray, asks: np.ndarray, block: int
) -> go.Figure:
    """Cells (T, T): ``picked`` pale, ``window`` green over it; at (t, target[t]) a dot if ``right``, else a cross.

    Only queries that ask have one. Ticks stand at every fourth block of ``block`` tokens. Traces: “picked and window”,
    “read”, “not read”.
    """
    T = len(picked)
    kind = np.where(window, 2, np.where(picked, 1, 0)).astype(np.uint8)
    stops = [[(index + edge) / len(KINDS), colour] for index, colour in enumerate(KINDS) for edge in (0, 1)]
    cells = go.Heatmap(
        z=kind, name="picked and window", colorscale=stops, zmin=-0.5, zmax=len(KINDS) - 0.5, showscale=False,
        opacity=0.65, hoverinfo="skip",
    )  # fmt: skip
    traces: list[go.Heatmap | go.Scatter] = [cells]
    for chosen, colour, symbol, word in ((right, HELD, "circle", "read"), (~right, FAILED, "x", "not read")):
        rows = np.flatnonzero(asks & chosen)
        traces.append(
            go.Scatter(
                x=compact(target[rows]), y=compact(rows), mode="markers", name=word,
                marker={"color": colour, "symbol": symbol, "size": 6},
                hovertemplate=f"token %{{y}} asks for %{{x}}<br>{word}<extra></extra>",
            )
        )  # fmt: skip
    drawn = figure(traces, x="token asked for", margin=(44, 8, 6, 40))
    axis = {"showgrid": False, "zeroline": False, "showline": True, "mirror": True, "linecolor": AXIS}
    ticks = list(range(0, T, max(4 * block, 8)))
    drawn.update_xaxes(**axis, range=[-0.5, T - 0.5], tickvals=ticks)
    return drawn.update_yaxes(**axis, range=[T - 0.5, -0.5], tickvals=ticks, title={"text": "query", "standoff": 4})
