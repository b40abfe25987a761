"""Word by word: what trained models wrote of one list, beside what was to be written."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from torch import Tensor

from models.data.word_lists import text_of
from visualizers.matrix import heatmap, write_cells


def word_by_word(target: Tensor, written: Mapping[str, Tensor]) -> go.Figure:
    """A row a word, a column for the target (T,) and each writer (T,); wrong words are coloured."""
    columns = {"target": target, **written}
    wrong = np.stack([(words != target).float().numpy() for words in columns.values()], axis=1)
    words = [list(row) for row in zip(*(text_of(words) for words in columns.values()), strict=True)]
    drawn = heatmap(wrong, rows=[""] * len(words), columns=list(columns), low=0.0, high=1.0)
    return write_cells(drawn, words).update_layout(margin={"l": 12})
