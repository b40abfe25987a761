"""Rasters, bumps and heard patterns: what stands where."""

import numpy as np
import pytest

from visualizers.bump import bump_over_voltages
from visualizers.heard_pattern import heard_pattern, weights_by_time
from visualizers.raster import raster


def test_a_raster_has_one_panel_per_layer_and_marks_the_picked_row() -> None:
    layers = {"in": np.eye(5), "out": np.ones((2, 5))}
    drawn = raster(layers, x_title="step", names=["a", "b"], beside=["1 spike", "5 spikes"], picked=1)
    assert [trace.name for trace in drawn.data] == ["in", "out"]
    np.testing.assert_array_equal(drawn.data[0].z, np.eye(5))
    texts = [note.text for note in drawn.layout.annotations]
    assert texts == ["in", "out", "1 spike", "<b>5 spikes</b>"]
    assert drawn.layout.yaxis.domain[0] > drawn.layout.yaxis2.domain[1]


def test_bars_behind_a_bump_are_shares_of_one_height() -> None:
    x = np.linspace(-1, 1, 5)
    drawn = bump_over_voltages(x, 1 - abs(x), 0 * x, edges=np.linspace(-1, 1, 5), counts=np.array([0.1, 0.2, 0.3, 0.4]))
    assert [trace.name for trace in drawn.data] == ["voltages", "true derivative", "bump"]
    assert drawn.data[0].y.max() == pytest.approx(0.6)
    np.testing.assert_allclose(drawn.data[0].customdata, [0.1, 0.2, 0.3, 0.4], rtol=1e-6)


def test_the_ground_is_coloured_where_the_pattern_is_also_at_either_end() -> None:
    inputs, inside = np.zeros((6, 3)), np.array([1, 1, 0, 0, 1, 1], dtype=bool)
    inputs[2, 1] = 1
    drawn = heard_pattern(inputs, inside, np.arange(6.0), np.array([0, 1, 0, 0, 0, 0]), titles=("a", "b"))
    assert [(shape.x0, shape.x1) for shape in drawn.layout.shapes] == [(0, 2), (4, 6)]
    assert [trace.name for trace in drawn.data] == ["inputs", "drive", "spikes"]
    assert (list(drawn.data[0].x), list(drawn.data[0].y)) == ([2], [1])
    assert np.isfinite(drawn.data[2].y).tolist() == [False, True, False, False, False, False]


def test_inputs_without_a_part_in_the_pattern_stand_beside_it() -> None:
    drawn = weights_by_time(
        np.array([3.0, np.nan]), np.array([0.9, 0.1]), np.array([0.2, 0.0]), (np.arange(3.0), np.ones(3)), span=50.0
    )
    assert [trace.name for trace in drawn.data] == ["inputs of the pattern", "other inputs", "window"]
    assert min(drawn.data[1].x) > 50
