"""Attention maps: all heads side by side, and one of them large."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import cell_frame
from visualizers.matrix import GAP, heatmap, tiles
from visualizers.reduced_maps import reduced
from visualizers.theme import ACCENT, INK, LEGIBLE, SEQUENTIAL, SERIES, clickable, compact, figure, note, scale
from visualizers.tokens import token_axis, token_size

EVERY = 5
"""Of many layers side by side, which are numbered."""


def overview(weights: np.ndarray, *, picked: tuple[int, int], sets: tuple[str, str] = ("layer", "head")) -> go.Figure:
    """Every map of ``weights`` (L, H, T, T); the picked one is ringed, and a click picks another.

    A row for each layer; a column where there are far more layers than heads. So many maps that they do not go over the
    wire are reduced. Traces: those of ``tiles``.
    """
    L, H = weights.shape[:2]
    maps, across = reduced(weights), L > 2 * H
    rows, columns = ("head", "layer") if across else ("layer", "head")
    drawn = tiles(
        maps.swapaxes(0, 1) if across else maps,
        row_labels=[f"{rows} {number}" for number in range(H if across else L)],
        column_labels=[f"{columns} 0" if number == 0 else str(number) for number in range(L if across else H)],
        picked=picked[::-1] if across else picked,
        sets=sets[::-1] if across else sets,
    )
    if across:  # so many numbers would run into each other
        axis = drawn.layout.xaxis
        drawn.update_xaxes(tickvals=axis.tickvals[::EVERY], ticktext=axis.ticktext[::EVERY])
    return drawn.update_layout(margin={"l": 52, "r": 4, "t": 22, "b": 6}, hoverdistance=-1)


def shared_heads(maps: np.ndarray, *, groups: int, row_labels: Sequence[str]) -> go.Figure:
    """``maps`` (R, H, T, T): a row of H maps for each stage; in the last row a frame holds the heads of each group."""
    R, H, T, _ = maps.shape
    drawn = tiles(maps, row_labels=row_labels, column_labels=["head 0", *map(str, range(1, H))])
    size, top = H // groups, (R - 1) * (T + GAP)
    for group in range(groups):
        left = group * size * (T + GAP)
        drawn.add_shape(
            type="rect", x0=left - 1.5, x1=left + size * (T + GAP) - GAP + 0.5, y0=top - 1.5, y1=top + T + 0.5,
            line={"color": SERIES[group % len(SERIES)], "width": 2},
        )  # fmt: skip
    return drawn


def token_map(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    column_title: str,
    bold_row: int | None = None,
    bold_column: int | None = None,
    high: float | None = None,
    sets: tuple[str | None, str | None] | None = None,
) -> go.Figure:
    """A value for every pair of tokens (R, C), column labels turned by 90°. Trace: “values”."""
    drawn = heatmap(values, rows=rows, columns=columns, column_title=column_title, high=high, sets=sets)
    size = token_size(max(len(rows), len(columns)))
    token_axis(drawn, columns, bold_column, "x", size)
    token_axis(drawn, rows, bold_row, "y", size)
    return drawn.update_xaxes(tickangle=-90).update_layout(margin={"l": 60, "r": 6, "t": 6, "b": 66})


def large_map(
    weights: np.ndarray, tokens: Sequence[str], *, query: int | None = None, sets: str | None = None
) -> go.Figure:
    """One map (T, T): a row is a query, a column a key, the future empty; the row of ``query`` is framed.

    A click on a row sets the control ``sets`` to its index. Trace: “values”.
    """
    seen = np.where(np.tri(len(tokens), dtype=bool), weights, np.nan)
    drawn = token_map(
        seen, tokens, tokens, column_title="key", bold_row=query, high=1.0,
        sets=None if sets is None else (sets, None),
    )  # fmt: skip
    if query is not None:
        drawn.add_shape(cell_frame((query, query), (0, query), colour=ACCENT))
    return drawn


def score_blocks(
    scores: Mapping[str, np.ndarray],
    *,
    picked: tuple[int, int],
    sets: tuple[str, str] = ("layer", "head"),
    across: int = 2,
) -> go.Figure:
    """Blocks of cells, one a score: ``scores`` (L, H) from 0 to 1, a row a layer, a column a head.

    Tenths are written in from 0.15 on. A click on a cell picks its head; the picked head is ringed in every
    block. Trace: “scores”.
    """
    L, H = next(iter(scores.values())).shape
    down = -(-len(scores) // across)
    sheet = np.full((down * (L + 1), across * (H + 1) - 1), np.nan)
    places = np.full((*sheet.shape, 2), -1)
    notes, rings = [], []
    for index, (name, block) in enumerate(scores.items()):
        top, left = index // across * (L + 1) + 1, index % across * (H + 1)
        sheet[top : top + L, left : left + H] = block
        places[top : top + L, left : left + H] = np.moveaxis(np.indices((L, H)), 0, -1)
        notes.append(note(left - 0.5, top - 0.5, name, xanchor="left", yanchor="bottom", yshift=1))
        y, x = top + picked[0], left + picked[1]
        rings.append(cell_frame((y, y), (x, x)))
    cells = go.Heatmap(
        z=compact(sheet), name="scores", colorscale=scale(SEQUENTIAL), zmin=0, zmax=LEGIBLE, showscale=False, xgap=1,
        ygap=1,
        hoverongaps=False, customdata=places.tolist(), text=[[_tenths(score) for score in row] for row in sheet],
        texttemplate="%{text}", textfont={"size": 10, "color": INK},
        hovertemplate="layer %{customdata[0]}, head %{customdata[1]}<br>%{z:.3f}<extra></extra>",
    )  # fmt: skip
    drawn = figure([clickable(cells, *sets)], margin=(4, 4, 4, 4), annotations=notes, shapes=rings)
    drawn.update_xaxes(visible=False)
    return drawn.update_yaxes(visible=False, autorange="reversed")


def _tenths(score: float) -> str:
    """“.7”, or nothing for what is small or no score at all."""
    if not score >= 0.15:
        return ""
    return "1" if score >= 0.95 else f"{score:.1f}"[1:]
