"""Small grey images side by side, also frame by frame."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import hover_squares
from visualizers.theme import INK_2, SEQUENTIAL, clickable, figure, plain, scale

GAP = 1
TEXT_GAP = 4
"""Empty cells between two images, and below a row whose images carry words."""

IMAGES = "ink in per cent, the images side by side"
"""The trace of ``pictures`` that shows them."""


def sheet(images: np.ndarray, *, under: bool = False) -> np.ndarray:
    """(R, C, H, W) → one map with gaps of zeros, as ``pictures`` lays images out; ``under`` leaves room for words."""
    R, C, H, W = images.shape
    row_gap = TEXT_GAP if under else GAP
    laid = np.zeros((R, H + row_gap, C, W + GAP), dtype=images.dtype)
    laid[:, :H, :, :W] = images.transpose(0, 2, 1, 3)
    return laid.reshape(R * (H + row_gap), C * (W + GAP))[: None if under else -GAP, :-GAP]


def _inked(images: np.ndarray, low: float, high: float) -> np.ndarray:
    """Per cents, a byte each: the gaps' 0 has the colour of the page."""
    return np.rint(100 * np.clip((images - low) / (high - low), 0, 1)).astype(np.uint8)


def pictures(
    images: np.ndarray,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    under: Sequence[Sequence[str]] | None = None,
    frames: Sequence[str] = (),
    start: int = 0,
    low: float = -1.0,
    high: float = 1.0,
    sets: str | None = None,
    values: Sequence[str] = (),
) -> go.Figure:
    """Images (R, C, H, W), or (S, R, C, H, W) with one name a frame, as one heatmap of a byte a pixel.

    Values at or below ``low`` have the colour of the page. ``under`` writes a word below every image (R × C).
    ``sets`` names the control that a click sets to the column's entry of ``values``. Traces: “ink in per
    cent, the images side by side”, “image names”, and “words” where there are any.
    """
    stops = images if frames else images[None]
    _, R, C, H, W = stops.shape
    row_gap = TEXT_GAP if under else GAP
    across = np.arange(C) * (W + GAP) + (W - 1) / 2
    down = np.arange(R) * (H + row_gap) + (H - 1) / 2
    sheets = [sheet(_inked(stop, low, high), under=under is not None) for stop in stops]
    first = go.Heatmap(
        name=IMAGES,
        z=sheets[start],
        colorscale=scale(SEQUENTIAL),
        zmin=0,
        zmax=100,
        showscale=False,
        hoverinfo="skip",
        meta={"tile": [W, H]},
    )
    cells = [(r, c) for r in range(R) for c in range(C)]
    names = [f"{plain(columns[c])}<br>{plain(rows[r])}" for r, c in cells]
    cover = hover_squares([across[c] for _, c in cells], [down[r] for r, _ in cells], names, "image names", size=30)
    if sets is not None:
        cover.customdata = [[values[c]] for _, c in cells]
        clickable(cover, sets)
    words = go.Scatter(
        x=[across[c] for _, c in cells],
        y=[down[r] + (H + TEXT_GAP) / 2 for r, _ in cells],
        text=[plain(under[r][c]) for r, c in cells] if under else [],
        name="words",
        mode="text",
        textfont={"size": 11, "color": INK_2},
        hoverinfo="skip",
    )
    drawn = figure(
        [first, cover, words] if under else [first, cover],
        margin=(18 + 6 * max(map(len, rows)), 8, 24 if any(columns) else 6, 6),
    )
    drawn.update_xaxes(
        tickmode="array", tickvals=list(across), ticktext=list(map(plain, columns)), tickangle=0, side="top",
        showline=False, range=[-0.5, C * (W + GAP) - GAP - 0.5], constrain="domain",
    )  # fmt: skip
    drawn.update_yaxes(
        tickmode="array", tickvals=list(down), ticktext=list(map(plain, rows)), showgrid=False, ticklabelstandoff=6,
        range=[R * (H + row_gap) - (0 if under else GAP) - 0.5, -0.5],
        scaleanchor="x", constrain="domain", constraintoward="top",
    )  # fmt: skip
    drawn.frames = [
        go.Frame(name=name, data=[go.Heatmap(z=sheet)], traces=[0])
        for name, sheet in zip(frames, sheets, strict=bool(frames))
    ]
    return drawn
