"""Two-dimensional arrays as heatmaps."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import hover_squares, label_not_a_number
from visualizers.theme import DIVERGING, INK, LEGIBLE, SEQUENTIAL, STAGE, clickable, compact, figure, plain, scale

GAP = 2
"""Empty cells between two tiles of an overview."""

BARE_AT_ZERO = [[0.0, STAGE], [0.5 / 255, STAGE], [0.5 / 255, SEQUENTIAL[0]], *scale(SEQUENTIAL)[1:]]
"""The sequential scale in 256 steps, of which the lowest has the colour of the page: gaps and masked cells."""


def heatmap(
    values: np.ndarray,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    row_title: str = "",
    column_title: str = "",
    low: float | None = 0.0,
    high: float | None = None,
    signed: bool = False,
    complete: bool = False,
    sets: tuple[str | None, str | None] | None = None,
) -> go.Figure:
    """``values`` (R, C) with one label per row and column. Trace: “values”.

    What is not a number stays empty; in ``complete`` maps, which have a number in every cell, it is labelled as such.

    ``signed`` centres a two-sided scale on zero. ``sets`` names the controls that a click on a cell sets to its
    (row, column) index.
    """
    bound = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) if np.isfinite(values).any() else 1.0
    trace = go.Heatmap(
        z=compact(values),
        name="values",
        colorscale=scale(DIVERGING if signed else SEQUENTIAL),
        zmin=-bound if signed else low,
        zmax=bound if signed else (bound if high is None else high),
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate=(f"{row_title or 'row'} %{{y}}, {column_title or 'column'} %{{x}}<br>%{{z:.4g}}<extra></extra>"),
    )
    if sets is not None:
        clickable(trace, *sets)
    drawn = figure([trace], x=column_title, margin=(64, 8, 8, 56))
    # Labels repeat (the same word twice), so the axes count and only their ticks carry words.
    drawn.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(columns))),
        ticktext=list(map(plain, columns)),
        showline=False,
        constrain="domain",
    )
    drawn.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=list(map(plain, rows)),
        autorange="reversed",
        title={"text": row_title, "standoff": 4},
        showgrid=False,
    )
    return label_not_a_number(drawn, values) if complete else drawn


def write_cells(
    drawn: go.Figure, text: Sequence[Sequence[str]] | None = None, *, as_: str = "%{text}", size: int = 11
) -> go.Figure:
    """Write ``text`` (R, C), or a Plotly template of ``z``, into the cells of a ``heatmap``, now paler."""
    cells = drawn.data[0]
    cells.update(text=text, texttemplate=as_, textfont={"size": size, "color": INK})
    cells.update(zmin=cells.zmin * LEGIBLE, zmax=cells.zmax * LEGIBLE)
    return drawn


def tiles(
    values: np.ndarray,
    *,
    row_labels: Sequence[str],
    column_labels: Sequence[str],
    high: float = 1.0,
    picked: tuple[int, int] | None = None,
    sets: tuple[str, str] | None = None,
) -> go.Figure:
    """A grid of small maps, ``values`` (R, C, H, W) from 0 to ``high``, as one heatmap (144 subplots take 350 ms).

    Colour is the square root of the value, so that faint structure shows, in 256 steps: a byte a cell on the wire.
    Zeros have the colour of the page, and so have the gaps. Hover tells the tile; ``picked`` is ringed; ``sets``
    names the two controls that a click on a tile sets to its (row, column). Traces: “tiles”, “tile names”.
    """
    R, C, H, W = values.shape
    sheet = np.full((R * (H + GAP) - GAP, C * (W + GAP) - GAP), 0, dtype=np.uint8)
    for r in range(R):
        for c in range(C):
            top, left = r * (H + GAP), c * (W + GAP)
            sheet[top : top + H, left : left + W] = np.rint(255 * np.sqrt(np.clip(values[r, c] / high, 0, 1)))
    across = np.arange(C) * (W + GAP) + (W - 1) / 2
    down = np.arange(R) * (H + GAP) + (H - 1) / 2
    map_trace = go.Heatmap(
        z=sheet,
        name="tiles",
        colorscale=BARE_AT_ZERO,
        zmin=0,
        zmax=255,
        showscale=False,
        hoverinfo="skip",
        meta={"root": high, "tile": [W, H]},  # for the table of numbers, see assets/js/table.js
    )
    corners = [(r, c) for r in range(R) for c in range(C)]
    names = [f"{row_labels[r]}, {column_labels[c]}" for r, c in corners]
    cover = hover_squares([across[c] for _, c in corners], [down[r] for r, _ in corners], names, "tile names", size=26)
    cover.customdata = [[r, c] for r, c in corners]
    if sets is not None:
        clickable(cover, *sets)
    drawn = figure([map_trace, cover], margin=(64, 8, 24, 8))
    drawn.update_xaxes(
        tickmode="array", tickvals=list(across), ticktext=list(column_labels), side="top", showline=False,
        tickangle=0, constrain="domain",
    )  # fmt: skip
    drawn.update_yaxes(
        tickmode="array", tickvals=list(down), ticktext=list(row_labels), autorange="reversed", showgrid=False,
        scaleanchor="x", constrain="domain", constraintoward="top",
    )  # fmt: skip
    if picked is not None:
        top, left = picked[0] * (H + GAP), picked[1] * (W + GAP)
        drawn.add_shape(type="rect", x0=left - 1, x1=left + W, y0=top - 1, y1=top + H, line={"color": INK, "width": 2})
    return drawn
