"""What is paid against what is gained: one point a choice, and its path where it moved."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.curve import apart
from visualizers.theme import MARKERS, STAGE, compact, figure, note


def tradeoff(
    paths: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x_title: str,
    colours: Mapping[str, str],
    pixels: float = 170,
) -> go.Figure:
    """Each path (x, y) starts at a hollow marker, named there, and ends at a filled one; a single point is filled.
    A trace per path, of its name.

    ``pixels`` is the height of the plot itself, in which names are kept apart.
    """
    across = np.concatenate([np.asarray(x, dtype=float) for x, _ in paths.values()])
    up = np.concatenate([np.asarray(y, dtype=float) for _, y in paths.values()])
    width, height = max(np.ptp(across), 0.1), max(np.ptp(up), 0.1)
    traces, labels = [], []
    for index, (name, (x, y)) in enumerate(paths.items()):
        colour, last = colours[name], len(x) - 1
        traces.append(
            go.Scatter(
                x=compact(x),
                y=compact(y),
                name=name,
                mode="lines+markers",
                line={"color": colour, "width": 1.5},
                marker={
                    "symbol": MARKERS[index % len(MARKERS)],
                    "size": [9 if point in (0, last) else 4 for point in range(last + 1)],
                    "color": [colour if point else (colour if last == 0 else STAGE) for point in range(last + 1)],
                    "line": {"color": colour, "width": 1.5},
                },
                hovertemplate=f"{name}<br>{x_title} %{{x:.3f}}<br>past it %{{y:.3f}}<extra></extra>",
                cliponaxis=False,
            )
        )
        left = x[0] > across.min() + 0.6 * width
        side = {"xanchor": "right" if left else "left", "xshift": -9 if left else 9}
        labels.append(note(float(x[0]), float(y[0]), name, colour=colour, **side))
    drawn = figure(
        traces,
        x=x_title,
        x_range=(across.min() - 0.08 * width, across.max() + 0.2 * width),
        y_range=(up.min() - 0.12 * height, up.max() + 0.14 * height),
        margin=(40, 10, 8, 40),
        annotations=labels,
    )
    return apart(drawn, pixels)
