"""Units on a lattice, each drawn as the colour that it stands for."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import figure


def hexadecimal(colours: np.ndarray) -> list[str]:
    """Red, green and blue (U, 3) from 0 to 1, cut off beyond, as “#rrggbb”."""
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in (255 * colours.clip(0, 1)).round().astype(int)]


def colour_lattice(colours: np.ndarray, columns: int, *, names: Sequence[str], start: int, size: float) -> go.Figure:
    """``colours`` (S, U, 3) from 0 to 1, a frame per step; units row by row, ``size`` pixels each.

    Trace: “units”. These colours are data, so neither theme changes them.
    """
    place = np.arange(colours.shape[1])
    markers = [{"size": size, "symbol": "square", "color": hexadecimal(each), "opacity": 1} for each in colours]
    drawn = figure(
        [
            go.Scatter(
                x=place % columns, y=place // columns, name="units", mode="markers",
                marker=markers[start],
                hovertemplate="unit in column %{x}, row %{y}: %{marker.color}<extra></extra>",
            )
        ],
        margin=(8, 8, 8, 8),
    )  # fmt: skip
    bare = {"showgrid": False, "showticklabels": False, "showline": False, "zeroline": False}
    drawn.update_xaxes(range=[-0.7, columns - 0.3], constrain="domain", **bare)
    drawn.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain", **bare)
    return stepped(drawn, names, [[{"marker": each}] for each in markers], traces=[0])
