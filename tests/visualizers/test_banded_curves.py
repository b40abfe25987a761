"""Lines with bands: the mean is drawn, and the band goes from the lowest to the highest repetition."""

import numpy as np

from visualizers.banded_curves import banded_curves


def test_lines_are_means_and_bands_hold_every_repetition() -> None:
    x = np.array([0.0, 10.0, 20.0])
    given = {"a": np.array([[3.0, 2.0, 1.0], [5.0, 4.0, 3.0]]), "b": np.array([[1.0, 1.0, 1.0]])}
    drawn = banded_curves(x, given, x_title="step", y_range=(0, 6), pixels=200)
    traces = {trace.name: trace for trace in drawn.data}
    assert list(traces) == ["a, band", "b, band", "a", "b"]
    assert traces["a"].y.tolist() == [4.0, 3.0, 2.0]
    assert traces["a, band"].y.tolist() == [3.0, 2.0, 1.0, 3.0, 4.0, 5.0]
    assert traces["a, band"].x.tolist() == [0.0, 10.0, 20.0, 20.0, 10.0, 0.0]
    assert traces["a, band"].fillcolor == traces["a"].line.color
