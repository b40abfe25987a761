"""The gates of all layers of a mixture of experts, token by token, beside the load of each expert."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import box, reference_line
from visualizers.stepped import stepped
from visualizers.theme import INK, INK_3, SEQUENTIAL, SERIES, WASH, clickable, compact, figure, plain, scale
from visualizers.tokens import token_axis

LAYER_GAP = 1
"""Empty rows between two layers of the score."""


def gates_by_layer(
    tokens: Sequence[str], gates: np.ndarray, load: np.ndarray, *, picked: int | None = None, sets: str | None = None
) -> go.Figure:
    """All layers at once: ``gates`` (L, E, T), a row an expert, a column a token; at the right its ``load`` (L, E).

    Frame t rings token t. A click on a row sets the control ``sets`` to its layer. Traces: “gates”, “token”,
    “load”.
    """
    L, E, T = gates.shape
    pitch = E + LAYER_GAP
    rows = np.concatenate([layer * pitch + np.arange(E) for layer in range(L)])
    sheet = np.full((L * pitch - LAYER_GAP, T), np.nan)
    sheet[rows] = gates.reshape(L * E, T)
    names = np.full(sheet.shape, "", dtype=object)
    names[rows] = [[f"layer {r // pitch}, expert {r % pitch}"] * T for r in rows]
    grid = go.Heatmap(
        z=compact(sheet), name="gates", text=names.tolist(), colorscale=scale(SEQUENTIAL), zmin=0, zmax=1,
        showscale=False, xgap=1, ygap=1,
        hovertemplate="%{text}<br>gate %{z:.3f}<extra></extra>", hoverongaps=False,
    )  # fmt: skip
    ring = go.Scatter(
        **box(T - 1.5, T - 0.5, -0.6, len(sheet) - 0.4), name="token", mode="lines", line={"color": INK, "width": 1.5},
        hoverinfo="skip",
    )  # fmt: skip
    bars = go.Bar(
        x=compact(load.ravel()), y=rows.tolist(), orientation="h", xaxis="x2", name="load", width=0.8,
        marker={"color": [SERIES[r % pitch] if r // pitch == picked else INK_3 for r in rows]},
        customdata=[[int(r) // pitch] for r in rows],
        hovertext=[f"layer {r // pitch}, expert {r % pitch}" for r in rows],
        hovertemplate="%{hovertext}<br>%{x:.1%} of the assignments<extra></extra>",
    )  # fmt: skip
    if sets is not None:
        clickable(bars, sets)
        grid.customdata = [[[r // pitch]] * T for r in range(len(sheet))]
        clickable(grid, sets)
    reach = max(0.25, 1.08 * float(load.max()))
    spans = [(layer * pitch - 0.5, layer * pitch + E - 0.5) for layer in range(L)]
    even = reference_line(x=1 / E, colour=INK, dash="dash", width=1.2, xref="x2", yref="y")
    shapes = [even | {"y0": top, "y1": bottom} for top, bottom in spans]
    if picked is not None:
        top, bottom = spans[picked]
        band = {"type": "rect", "xref": "paper", "x0": -0.012, "x1": 1, "y0": top - 0.3, "y1": bottom + 0.3}
        shapes.append(band | {"fillcolor": WASH, "line": {"width": 0}, "layer": "below"})
    drawn = figure([grid, ring, bars], margin=(56, 8, 6, 64), bargap=0.2, shapes=shapes)
    token_axis(drawn, tokens, None, "x")
    far = ([0, 1 / E], ["0", "uniform"]) if reach < 0.6 else ([1 / E, 1], ["uniform", "all"])
    drawn.update_layout(
        xaxis={"domain": [0, 0.77], "range": [-0.6, T - 0.4], "tickangle": -60},
        xaxis2={
            "domain": [0.8, 1], "range": [0, reach], "tickvals": far[0], "ticktext": far[1], "showgrid": False,
            "zeroline": False, "ticks": "",
        },
        yaxis={
            "range": [len(sheet) - 0.3, -0.7], "showgrid": False, "tickmode": "array",
            "tickvals": [layer * pitch + (E - 1) / 2 for layer in range(L)],
            "ticktext": [f"layer {layer}" for layer in range(L)],
        },
    )  # fmt: skip
    return stepped(drawn, list(map(plain, tokens)), ([{"x": box(t - 0.5, t + 0.5, 0, 0)["x"]}] for t in range(T)), [1])
