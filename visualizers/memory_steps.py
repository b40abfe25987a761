"""A memory of rows, step by step, with the focus of a write head and of a read head beside it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.grids import Grid, grids
from visualizers.stepped import stepped
from visualizers.theme import compact


def memory_steps(
    memories: np.ndarray, writes: np.ndarray, reads: np.ndarray, *, names: Sequence[str], start: int = 0
) -> go.Figure:
    """``memories`` (T, N, W) and weightings (T, N) from 0 to 1, a frame per step; ``start`` is shown first.

    Traces: “write head”, “memory”, “read head”.
    """
    _, N, W = memories.shape
    high = float(np.abs(memories[np.isfinite(memories)]).max(initial=0.0)) or 1.0
    cell = N / W / 2.2  # columns of numbers are wide: rows are many, numbers few
    panels = {
        "write head": Grid(writes[start][:, None], (0, 0), "write", high=1.0),
        "memory": Grid(memories[start], (2, 0), "memory", signed=True, high=high),
        "read head": Grid(reads[start][:, None], (2 + cell * W + 1, 0), "read", high=1.0),
    }
    drawn = grids(panels)
    drawn.data[1].update(x0=2 + cell / 2, dx=cell)
    drawn.update_xaxes(range=[-0.2, 2 + cell * W + 2.2])
    drawn.update_yaxes(scaleanchor=None)
    drawn.layout.annotations[1].update(x=2 + cell * W / 2)
    patches = [
        [{"z": compact(writes[t][:, None])}, {"z": compact(memories[t])}, {"z": compact(reads[t][:, None])}]
        for t in range(len(memories))
    ]
    return stepped(drawn, names, patches, traces=[0, 1, 2])
