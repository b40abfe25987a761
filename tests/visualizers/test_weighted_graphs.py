"""Edges as wide as their weights."""

import numpy as np
import pytest

from visualizers.weighted_graphs import WIDEST, weighted_graphs


def test_bands_are_as_wide_as_their_weights() -> None:
    places = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    kinds = {"true": ([(0, 1)], "#000000"), "noise": ([(1, 2)], "#ff0000")}
    drawn = weighted_graphs(
        places, kinds, {"one": [np.array([0.4]), np.array([0.1])], "two": [np.array([0.2]), np.array([0.2])]}, "abc"
    )
    band = {trace.name: trace for trace in drawn.data}
    across = lambda name, axis: np.ptp([one for one in band[name][axis] if one is not None])
    assert across("one: true", "y") == pytest.approx(WIDEST, abs=1e-3)
    assert across("one: noise", "x") == pytest.approx(WIDEST / 4, abs=1e-3)
    assert across("two: true", "y") == pytest.approx(WIDEST / 2, abs=1e-3)
    assert across("two: noise", "x") == pytest.approx(WIDEST / 2, abs=1e-3)
    assert band["two: weight of noise"].hovertext == ("noise 1–2: 0.200",)


def test_no_edge_of_a_kind_leaves_an_empty_trace() -> None:
    drawn = weighted_graphs(np.zeros((2, 2)), {"noise": ([], "#000000")}, {"one": [np.zeros(0)]}, "ab")
    assert [len(trace.x) for trace in drawn.data] == [0, 0, 2]
