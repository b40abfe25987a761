"""Structure of networks of curves, paths of weights, maps side by side, moving maps of examples and triplets."""

import numpy as np
import pytest

from visualizers.charts_beside import Chart, charts_beside
from visualizers.curve_network import EdgeCurve, curve_network
from visualizers.embedding_map import embedding_map
from visualizers.side_maps import side_maps
from visualizers.small_multiples import side_by_side
from visualizers.stepped_curves import stepped_curves
from visualizers.triplet_plane import triplet_plane
from visualizers.weight_paths import weight_paths

S, C = 3, 5


def edge(name: str, layer: int, source: int, target: int, *, expected: bool = False) -> EdgeCurve:
    x = np.tile(np.linspace(-1, 1, C), (S, 1))
    ends = np.tile([-0.5, 2.0], (S, 1))
    return EdgeCurve(name, layer, source, target, x, x**2, ends, x[0] ** 2 if expected else None, "y²" * expected)


def test_a_chart_per_edge_each_inside_its_own_box() -> None:
    edges = [edge("x to h", 0, 0, 0), edge("y to h", 0, 1, 0, expected=True), edge("h to f", 1, 0, 0)]
    drawn = curve_network([["x", "y"], ["h"], ["f"]], edges, frames=["0", "1", "2"], start=2)
    boxes = [shape for shape in drawn.layout.shapes if shape.type == "rect"]
    assert [one.name for one in drawn.data] == ["edges", "expected", "grid ends", *(e.name for e in edges), "nodes"]
    for box, name in zip(boxes, (one.name for one in edges)):
        curve = next(one for one in drawn.data if one.name == name)
        assert box.x0 < min(curve.x)
        assert max(curve.x) < box.x1
        assert box.y0 < min(curve.y) < max(curve.y) < box.y1
    assert len(drawn.frames) == S
    expected = np.asarray(drawn.data[1].y)
    assert np.nanmax(np.abs(expected[:C] - np.asarray(drawn.data[4].y))) < 1e-6


def test_only_grid_ends_inside_a_chart_are_drawn() -> None:
    drawn = curve_network([["x"], ["f"]], [edge("x to f", 0, 0, 0)])
    ends = np.asarray(drawn.data[2].x)
    assert np.isfinite(ends).sum() == 2  # one line of two points; the end at 2 lies outside
    assert not drawn.frames


def test_weights_move_their_dots_with_the_frames() -> None:
    along = np.linspace(0, 1, S)
    drawn = weight_paths(
        along, {"a": np.arange(6.0).reshape(S, 2), "b": np.ones((S, 1))}, x_title="z", frames="abc", start=0
    )
    assert [one.name for one in drawn.data] == ["a", "b", "here, a", "here, b"]
    assert list(drawn.frames[2]._props["data"][0]["y"]) == [4, 5]
    assert list(drawn.frames[2].traces) == [2, 3]


def test_charts_side_by_side_end_at_the_edge() -> None:
    for count in range(1, 8):
        for gap in (0.05, 0.09, 0.1):
            assert side_by_side(count, gap)[-1][1] == pytest.approx(1)
            assert side_by_side(count, gap)[-1][1] <= 1


def test_maps_share_one_scale() -> None:
    drawn = side_maps({"one": np.ones((4, 4)), "other": np.zeros((4, 4))}, -1, 1, limit=2)
    assert {(one.zmin, one.zmax) for one in drawn.data} == {(-2, 2)}


def test_every_frame_has_a_row_of_every_line() -> None:
    rows = np.arange(S * C, dtype=float).reshape(S, C)
    drawn = stepped_curves(
        np.arange(C), {"a": rows, "b": -rows}, x_title="x", y_range=(-20, 20), colours={}, frames="abc", start=1
    )
    assert list(drawn.data[0].y) == rows[1].tolist()
    assert list(drawn.frames[2]._props["data"][1]["y"]) == (-rows[2]).tolist()


def test_examples_are_drawn_as_their_class_and_survive_what_is_no_number() -> None:
    positions = np.random.default_rng(0).normal(size=(S, 4, 2))
    positions[2, 0] = np.nan
    classes = {"1": np.array([True, True, False, False]), "7": np.array([False, False, True, True])}
    drawn = embedding_map(positions, classes, grey=["7"], frames=list("abc"), start=2)
    assert [one.name for one in drawn.data] == ["class 1", "class 7"]
    assert list(drawn.data[1].text) == ["7", "7"]
    assert all(np.isfinite(drawn.layout.xaxis.range))


def test_the_lines_between_triplets_are_a_margin_apart() -> None:
    distances = np.random.default_rng(1).uniform(0, 3, (S, 10))
    drawn = triplet_plane(distances, distances[::-1], 0.7, frames=list("abc"), start=0)
    dotted = drawn.data[1]
    assert np.subtract(dotted.y, dotted.x) == pytest.approx([0.7, 0.7])


def test_charts_beside_each_other_have_axes_of_their_own() -> None:
    x = np.arange(4.0)
    one = Chart("one", x, {"a": x, "b": -x}, {"a": "#000", "b": "#111"}, "step", levels=[(1.0, "#222")])
    other = Chart("other", x, {"c": x}, {"c": "#000"}, "distance", mark=(2.0, "margin"))
    drawn = charts_beside([one, other])
    assert [(trace.name, trace.xaxis) for trace in drawn.data] == [("a", "x"), ("b", "x"), ("c", "x2")]
    assert [shape.xref for shape in drawn.layout.shapes] == ["x domain", "x2"]
    assert drawn.layout.xaxis2.domain[0] > drawn.layout.xaxis.domain[1]
