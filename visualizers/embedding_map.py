"""Examples as points in the plane that move while a network learns, each drawn as the name of its class."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import INK_3, SERIES, compact, figure


def embedding_map(
    positions: np.ndarray, classes: Mapping[str, np.ndarray], *, grey: Sequence[str], frames: Sequence[str], start: int
) -> go.Figure:
    """``positions`` (S, Q, 2), a frame a stop; ``classes``: name → which points are of it (Q,) bool.

    Classes in ``grey`` are drawn larger and in grey. The plane is that of the stop at ``start``. A trace per class,
    called “class” and its name.
    """

    def at(stop: int, own: np.ndarray) -> dict[str, np.ndarray]:
        return {"x": compact(positions[stop, own, 0]), "y": compact(positions[stop, own, 1])}

    coloured = [name for name in classes if name not in grey]
    traces = [
        go.Scatter(
            **at(start, own), name=f"class {name}", mode="text", text=[name] * int(own.sum()),
            textfont={
                "size": 14 if name in grey else 11,
                "color": INK_3 if name in grey else SERIES[coloured.index(name) % len(SERIES)],
            },
            hovertemplate=f"{name}<extra></extra>",
        )
        for name, own in classes.items()
    ]  # fmt: skip
    drawn = figure(traces, margin=(8, 8, 8, 8))
    finite = positions[start][np.isfinite(positions[start]).all(-1)]
    low, high = (finite.min(0), finite.max(0)) if len(finite) else (np.zeros(2), np.ones(2))
    room = 0.12 * np.maximum(high - low, 1e-3)
    drawn.update_xaxes(range=[low[0] - room[0], high[0] + room[0]], showticklabels=False, showline=False)
    drawn.update_yaxes(range=[low[1] - room[1], high[1] + room[1]], showticklabels=False, showgrid=False)
    if len(frames) < 2:
        return drawn
    patches = ([at(stop, own) for own in classes.values()] for stop in range(len(frames)))
    return stepped(drawn, frames, patches, list(range(len(traces))))
