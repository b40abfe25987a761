"""Tokens on their way to experts: one layer as falling lines over a histogram, all layers as one score."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import INK, INK_3, SEQUENTIAL, SERIES, WASH, clickable, compact, figure, note, plain, scale
from visualizers.tokens import token_axis

TOP, MOUTH = 2.0, 1.14
"""Heights of the tokens and of the mouths of the bins; the histogram has the height 0 to 1."""

COUNT = 0.17
"""Height of a count over its bar."""

LAYER_GAP = 1
"""Empty rows between two layers of the score."""


def falling(tokens: Sequence[str], chosen: np.ndarray, gates: np.ndarray, experts: int) -> go.Figure:
    """Each token falls to its experts, ``chosen`` (T, k) with ``gates`` (T, k), best first; below, the load so far.

    Frame t draws the lines of token t strongly and counts the tokens up to it. The dashed line is an even load.
    Traces: “expert 0” …, “load”, “counts”, “token”, “choice 1” … “choice k”.
    """
    T, k = chosen.shape
    counts = np.stack([np.bincount(chosen[: t + 1].ravel(), minlength=experts) for t in range(T)])  # (T, E)
    shares = counts / ((np.arange(T) + 1)[:, None] * k)
    full = 1.15 * max(float(shares[-1].max()), 1.6 / experts)
    mouths = (np.arange(experts) + 0.5) * T / experts - 0.5
    left, right, even = -0.6, T - 0.4, 1 / experts / full
    colours = [SERIES[e % len(SERIES)] for e in range(experts)]

    faint = []
    for e in range(experts):
        paths = [_path(t, mouths[e]) for t, rank in np.argwhere(chosen == e)]
        x = np.concatenate([[*path, np.nan] for path, _ in paths]) if paths else [None]
        y = np.concatenate([[*path, np.nan] for _, path in paths]) if paths else [None]
        faint.append(_line(x, y, 1.5, colours[e], 0.32, f"expert {e}"))

    def now(t: int) -> list[Patch]:
        """What a frame changes: the bars, the mark on the token, and its k lines."""
        lines = [
            {"x": compact(x), "y": compact(y), "line": {"width": 1.5 + 5 * float(gate), "color": colours[e]}}
            for e, gate in zip(chosen[t], gates[t], strict=True)
            for x, y in [_path(t, mouths[e])]
        ]
        tops = np.minimum(shares[t] / full, 1.08)
        written = [f"{count}" if count else "" for count in counts[t]]
        clear = np.where((tops < even) & (tops > even - COUNT), even, tops)  # the dashed line crosses no count
        return [{"y": compact(tops), "text": written}, {"y": compact(clear), "text": written}, {"x": [t]}, *lines]

    bars, count, mark, *lines = now(T - 1)
    traces = [
        *faint,
        go.Bar(
            x=compact(mouths), **bars, name="load", marker={"color": colours}, width=0.72 * T / experts,
            textposition="none",
            customdata=[f"expert {e}" for e in range(experts)],
            hovertemplate="%{customdata}<br>%{text} assignments<extra></extra>",
        ),
        go.Scatter(
            **count, x=compact(mouths), name="counts", mode="text", textposition="top center", hoverinfo="skip",
            cliponaxis=False,
        ),
        go.Scatter(
            **mark, y=[TOP], name="token", mode="markers", marker={"size": 9, "color": INK}, hoverinfo="skip",
            cliponaxis=False,
        ),
        *(
            go.Scatter(line, name=f"choice {rank}", mode="lines", hoverinfo="skip")
            for rank, line in enumerate(lines, start=1)
        ),
    ]  # fmt: skip
    drawn = figure(
        traces,
        margin=(12, 40, 64, 36),
        shapes=[
            {
                "type": "line",
                "x0": left,
                "x1": right,
                "y0": y,
                "y1": y,
                "line": {"color": colour, "width": 1.2, "dash": dash},
            }
            for y, colour, dash in ((0, INK_3, "solid"), (even, INK, "dash"))
        ],
        annotations=[
            note(right, even, "even", colour=INK, xanchor="left", xshift=2),
            note(0.5, 0, "expert", xref="paper", yanchor="top", yshift=-17),
            *(note(float(mouths[e]), 0, f"{e}", yanchor="top", yshift=-2) for e in range(experts)),
        ],
    )
    token_axis(drawn, tokens, None, "x")
    drawn.update_layout(
        xaxis={"side": "top", "range": [-0.7, T - 0.3], "tickangle": -60},
        yaxis={"visible": False, "range": [-0.02, TOP + 0.04]},
    )
    changed = range(experts, experts + 3 + k)
    return stepped(drawn, list(map(plain, tokens)), map(now, range(T)), changed)


def _path(token: float, mouth: float) -> tuple[np.ndarray, np.ndarray]:
    """From the token straight down, across, and straight down into the bin."""
    s = np.linspace(0, 1, 17)
    return token + (mouth - token) * s * s * (3 - 2 * s), TOP - 0.06 - (TOP - 0.06 - MOUTH) * s


def _line(x: object, y: object, width: float, colour: str, opacity: float, name: str) -> go.Scatter:
    return go.Scatter(
        x=compact(x),
        y=compact(y),
        name=name,
        mode="lines",
        line={"width": width, "color": colour},
        opacity=opacity,
        hoverinfo="skip",
    )


def score(
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
        x=_box(T - 1), y=[-0.6, -0.6, len(sheet) - 0.4, len(sheet) - 0.4, -0.6], name="token",
        mode="lines", line={"color": INK, "width": 1.5}, hoverinfo="skip",
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
    even = {
        "type": "line",
        "xref": "x2",
        "x0": 1 / E,
        "x1": 1 / E,
        "line": {"color": INK, "width": 1.2, "dash": "dash"},
    }
    shapes = [even | {"y0": top, "y1": bottom} for top, bottom in spans]
    if picked is not None:
        top, bottom = spans[picked]
        band = {"type": "rect", "xref": "paper", "x0": -0.012, "x1": 1, "y0": top - 0.3, "y1": bottom + 0.3}
        shapes.append(band | {"fillcolor": WASH, "line": {"width": 0}, "layer": "below"})
    drawn = figure([grid, ring, bars], margin=(56, 8, 6, 64), bargap=0.2, shapes=shapes)
    token_axis(drawn, tokens, None, "x")
    far = ([0, 1 / E], ["0", "even"]) if reach < 0.6 else ([1 / E, 1], ["even", "all"])
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
    return stepped(drawn, list(map(plain, tokens)), ([{"x": _box(t)}] for t in range(T)), [1])


def _box(token: int) -> list[float]:
    left, right = token - 0.5, token + 0.5
    return [left, right, right, left, left]
