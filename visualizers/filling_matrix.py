"""A matrix to which something is added step by step: one frame per step."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.matrix import heatmap
from visualizers.stepped import stepped
from visualizers.theme import compact


def filling_matrix(stages: np.ndarray, names: Sequence[str]) -> go.Figure:
    """``stages`` (S, R, C) on one two-sided scale, the last one drawn. Trace: “values”."""
    rows, columns = ([""] * size for size in stages.shape[1:])
    drawn = heatmap(
        stages[-1], rows=rows, columns=columns, row_title="value feature", column_title="key feature", signed=True
    )
    bound = float(np.abs(stages[np.isfinite(stages)]).max(initial=1e-9))
    drawn.data[0].update(zmin=-bound, zmax=bound)
    drawn.update_yaxes(scaleanchor="x", constrain="domain")
    return stepped(drawn, list(names), ([{"z": compact(stage)}] for stage in stages), [0])
