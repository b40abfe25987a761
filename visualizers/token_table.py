"""A text as a table: one column per token, one row for each thing that is known of it."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.matrix import heatmap, write_cells
from visualizers.theme import plain

SHADES = (0.12, 0.3)
"""Of neighbouring columns, so that borders are seen."""


def token_table(rows: Mapping[str, Sequence[str]], *, lit: Sequence[bool] | None = None, left: int = 48) -> go.Figure:
    """``rows``: title → one word per token, equally many in each row. Columns in ``lit`` are darker.

    ``left`` is the room for the titles, in pixels. Trace: “values”.
    """
    words = list(rows.values())
    count = len(words[0])
    shades = np.array([SHADES[index % 2] for index in range(count)])
    if lit is not None:
        shades = np.where(np.array(lit), 0.75, shades)
    size = 12 if count <= 12 else 10 if count <= 18 else 8
    drawn = heatmap(np.tile(shades, (len(words), 1)), rows=list(rows), columns=[""] * count, high=1.0)
    drawn.data[0].update(hoverinfo="skip", hovertemplate=None)
    drawn.update_layout(margin={"l": left, "r": 6, "t": 6, "b": 6})
    return write_cells(drawn, [[plain(word) for word in line] for line in words], size=size)
