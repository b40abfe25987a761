"""Lines over a common axis that change from frame to frame."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.curve import curves
from visualizers.stepped import stepped
from visualizers.theme import compact


def stepped_curves(
    x: np.ndarray,
    lines: Mapping[str, np.ndarray],
    *,
    x_title: str,
    y_range: Sequence[float],
    colours: Mapping[str, str],
    frames: Sequence[str],
    start: int,
) -> go.Figure:
    """``lines``: name → (S, P) along ``x`` (P,), a row per frame. A trace per line, of its name."""
    drawn = curves(
        x, {name: rows[start] for name, rows in lines.items()}, x_title=x_title, y_range=y_range, colours=colours,
        room=12,
    )  # fmt: skip
    drawn.layout.annotations = ()
    patches = ([{"y": compact(rows[at])} for rows in lines.values()] for at in range(len(frames)))
    return stepped(drawn, frames, patches, list(range(len(lines))))
