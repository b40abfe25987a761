"""Curves over their inputs, output histograms, the map of units, moved grids and borders: structure, not pixels."""

import numpy as np
import pytest

from visualizers.activation import Inputs, Panel, curve_over_inputs, gallery, histogram, output_histograms
from visualizers.border import border
from visualizers.moved_grid import moved_grid
from visualizers.unit_map import unit_map

EDGES = np.linspace(-2, 2, 9)
Z = np.linspace(-2, 2, 21)


def named(plot):
    return {trace.name: trace for trace in plot.data}


def inputs(shares):
    return Inputs(EDGES, np.asarray(shares, dtype=float), np.arange(8) < 4)


def test_a_histogram_holds_everything_also_beyond_its_ends():
    shares = histogram(np.array([-9.0, -1.9, 0.1, 9.0]), EDGES)
    assert shares.tolist() == [0.5, 0, 0, 0, 0.25, 0, 0, 0.25]


def test_bars_are_split_by_slope_and_stepped_through():
    shares = np.full((3, 8), 0.125)
    plot = curve_over_inputs(
        Z, {"ReLU": Z.clip(0), "a much longer name": Z}, (Z > 0) * 1.0, inputs(shares), frames=["a", "b", "c"]
    )
    traces = named(plot)
    assert list(traces) == [
        "ReLU", "a much longer name", "derivative", "inputs on the slope", "inputs where it is flat",
    ]  # fmt: skip
    assert traces["inputs on the slope"].y.tolist() == [0] * 4 + [0.125] * 4
    assert traces["inputs where it is flat"].y.tolist() == [0.125] * 4 + [0] * 4
    assert [frame.name for frame in plot.frames] == ["a", "b", "c"]
    assert [plot.data[at].name for at in plot.frames[0].traces] == list(traces)[-2:]


def test_names_at_the_ends_of_curves_stand_apart_and_within_the_plot():
    plot = curve_over_inputs(Z, {"one": Z, "other": Z}, Z, inputs(np.full(8, 0.125)))
    labels = [note.y for note in plot.layout.annotations if note.text in ("one", "other", "derivative")]
    low, high = plot.layout.yaxis.range
    steps = -np.diff(labels) / (high - low) * 150
    assert (steps > 10).all()
    assert max(labels) <= high


def test_a_gallery_has_a_chart_per_function():
    panel = Panel(Z.clip(0), inputs(np.full(8, 0.125)))
    plot = gallery(Z, dict.fromkeys(["p", "q", "r", "s", "t"], panel), picked="q")
    assert len(plot.data) == 15
    assert [note.text for note in plot.layout.annotations] == ["p", "<b>q</b>", "r", "s", "t"]
    assert len({trace.xaxis for trace in plot.data}) == 5


def test_means_are_named_and_gaps_do_no_harm():
    plot = output_histograms({"a": np.array([1.0, 0.0]), "b": np.array([np.nan, 1.0])}, EDGES, x_title="h")
    assert [note.text for note in plot.layout.annotations] == ["a", "b", "mean 0.50"]


def test_units_that_are_off_are_grey_and_stand_last():
    on = np.array([[[0.5, 0.0, 0.9]], [[0.5, 0.0, 0.2]], [[0.0, 0.0, 0.3]]])  # (S, L, F)
    traces = named(unit_map(on, [0, 5, 10], layer_names=["layer 1"], x_title="step"))
    assert np.nan_to_num(traces["off for every input"].z).tolist() == [[0, 0, 0], [0, 0, 1], [1, 1, 1]]
    assert traces["share of inputs"].z[0].tolist() == pytest.approx([0.9, 0.2, 0.3])


def test_a_moved_grid_ends_where_the_map_puts_it():
    line = np.linspace(-1, 1, 3)
    grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)
    learned = np.stack([0 * grid, 2 * grid])
    vectors = {"v": (np.array([1.0, 0]), np.array([2.0, 0]), np.array([[0.0, 0], [2.0, 0]]))}
    plot = moved_grid(grid, 2 * grid, learned, vectors, titles=("x", "y"), frames=["0", "1"], every=1)
    traces = named(plot)
    assert list(traces) == ["grid", "grid, wanted", "grid, learned", "v", "v, wanted", "v, learned"]
    assert np.nanmax(traces["grid, learned"].x) == 2
    assert traces["v, learned"].x[1] == 2
    assert len(plot.frames) == 2


def test_a_border_is_drawn_where_the_score_is_zero():
    scores = np.tile(np.linspace(-9, 9, 5), (5, 1))
    scores[0, 0] = np.nan
    plot = border(np.zeros((3, 2)), np.ones((2, 2)), scores, 2.0, names=("near", "far"))
    traces = named(plot)
    assert list(traces) == ["score", "border", "near", "far"]
    assert traces["border"].contours.start == 0
    assert np.abs(traces["score"].z).max() == 4
