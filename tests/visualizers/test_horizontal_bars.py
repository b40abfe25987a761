"""Horizontal bars: which stands out, and the second value of each name."""

import numpy as np

from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, MARK


def test_the_picked_bar_is_strong_and_points_lie_on_their_rows() -> None:
    drawn = horizontal_bars(
        np.array([0.5, 0.1]), labels=["one", "other"], picked="other", points={"second": np.array([0.2, np.nan])}
    )
    bars, second = drawn.data
    assert list(bars.marker.color) == [MARK, ACCENT]
    assert second.name == "second"
    assert list(second.y) == list(bars.y) == [0, 1]
    assert second.x[0] == 0.2


def test_without_points_there_are_bars_alone() -> None:
    assert [one.name for one in horizontal_bars(np.array([1.0]), labels=["one"]).data] == ["values"]
