"""Outlines of distributions in a plane."""

import numpy as np

from visualizers.ellipses import ellipses


def test_each_distribution_has_its_outline_on_equal_scales() -> None:
    drawn = ellipses({"one": np.array([[1.0, 2.0], [3.0, 4.0]]), "other": np.zeros((2, 2))}, x_title="a", y_title="b")
    one, other = drawn.data
    assert (one.name, other.name) == ("one", "other")
    assert list(one.y) == [2, 4]
    assert one.line.dash != other.line.dash
    assert drawn.layout.yaxis.scaleanchor == "x"
