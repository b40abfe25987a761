"""Points that should lie on a line between 0 and 1, and other lines that they may lie on instead."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, DASHES, INK, INK_2, compact, figure

COLOURS = (INK, INK_2)


def diagonal_points(
    x: np.ndarray, y: np.ndarray, *, name: str, lines: Mapping[str, tuple[np.ndarray, np.ndarray]], x_title: str
) -> go.Figure:
    """Points at ``x`` (P,) and ``y`` (P,) from 0 to 1 under up to two ``lines``, each (x, y).

    Traces: ``name``, and one per line, of its name.
    """
    dots = go.Scatter(
        x=compact(x), y=compact(y), name=name, mode="markers", marker={"size": 4, "color": ACCENT, "opacity": 0.45},
        hovertemplate=f"{x_title} %{{x:.3f}}<br>{name} %{{y:.3f}}<extra></extra>",
    )  # fmt: skip
    drawn = [
        go.Scatter(
            x=compact(across), y=compact(up), name=line, mode="lines", hoverinfo="skip",
            line={"color": colour, "width": 2, "dash": dash},
        )
        for (line, (across, up)), colour, dash in zip(lines.items(), COLOURS, DASHES)
    ]  # fmt: skip
    made = figure([dots, *drawn], x=x_title, y_range=(-0.02, 1.02), margin=(36, 12, 8, 40))
    return made.update_xaxes(range=[-0.02, 1.02])
