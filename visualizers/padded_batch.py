"""A batch of texts of several lengths: one row per text, pads in grey, and what is said behind each."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.matrix import heatmap, write_cells
from visualizers.theme import plain

REAL, FILLED = 0.3, 0.0


def padded_batch(
    words: Sequence[Sequence[str]], real: np.ndarray, said: Sequence[str], right: Sequence[bool]
) -> go.Figure:
    """``words`` (R, T) in cells, coloured where ``real`` (R, T); ``said`` (R,) at the right, with ✓ where ``right``.

    Trace: “values”.
    """
    shades = np.where(real, REAL, FILLED)
    drawn = heatmap(shades, rows=[""] * len(words), columns=[""] * real.shape[1], high=1.0)
    drawn.data[0].update(hoverinfo="skip", hovertemplate=None)
    cells = [
        [plain(word) if there else "·" for word, there in zip(row, line, strict=True)]
        for row, line in zip(words, real, strict=True)
    ]
    write_cells(drawn, cells, size=10)
    drawn.update_yaxes(
        side="right", tickmode="array", tickvals=list(range(len(words))), showticklabels=True,
        ticktext=[f"→ {plain(word)} {'✓' if good else '✗'}" for word, good in zip(said, right, strict=True)],
    )  # fmt: skip
    return drawn.update_layout(margin={"l": 6, "r": 92, "t": 6, "b": 6})
