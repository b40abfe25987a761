"""A text as a table: one column per token, one row for each thing that is known of it."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import left_empty
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import plain

SHADES = (0.12, 0.3)
"""Of neighbouring columns, so that borders are seen."""


def token_table(
    rows: Mapping[str, Sequence[str]], *, lit: Sequence[bool] | None = None, left: int = 48, wrap: int = 99
) -> go.Figure:
    """``rows``: title → one word per token, equally many in each row. Columns in ``lit`` are darker.

    ``left`` is the room for the titles, in pixels; after ``wrap`` tokens the table goes on below. Trace: “values”.
    """
    words = list(rows.values())
    count = len(words[0])
    shades = np.array([SHADES[index % 2] for index in range(count)])
    if lit is not None:
        shades = np.where(np.array(lit), 0.75, shades)
    width = min(count, wrap)
    lines = -(-count // width)
    empty = lines * width - count
    cells = np.concatenate([shades, np.full(empty, np.nan)]).reshape(lines, width)
    texts = [[plain(word) for word in line] + [""] * empty for line in words]
    written = [line[width * at : width * (at + 1)] for at in range(lines) for line in texts]
    size = 12 if width <= 12 else 10 if width <= 18 else 8
    drawn = heatmap(cells.repeat(len(words), axis=0), rows=list(rows) * lines, columns=[""] * width, high=1.0)
    drawn.data[0].update(hoverinfo="skip", hovertemplate=None)
    left_empty(drawn.data[0])
    drawn.update_layout(margin={"l": left, "r": 6, "t": 6, "b": 6})
    return write_cells(drawn, written, size=size)
