"""Fields of arrows side by side: names, tips and lengths."""

import numpy as np
import pytest

from visualizers.arrow_planes import arrow_planes

PLACES = np.array([[0.0, 0.0], [1.0, -1.0]])
FIELDS = {"exact": np.array([[[4.0, 0.0], [0.0, 1.0]]]), "learned": np.array([[[4.0, 0.0], [np.nan, 1.0]]])}


def test_arrows_have_the_root_of_their_vectors_length_and_point_along_them():
    drawn = arrow_planes(PLACES, FIELDS, np.zeros((1, 3, 3)), titles=["σ = 1"], reach=2, longest=0.6)
    traces = {trace.name: trace for trace in drawn.data}
    assert set(traces) == {
        "ground, σ = 1", "exact, σ = 1", "exact, σ = 1, shafts", "learned, σ = 1", "learned, σ = 1, shafts",
    }  # fmt: skip
    tips = traces["exact, σ = 1"]
    assert list(tips.x) == pytest.approx([0.6, 1.0])
    assert list(tips.y) == pytest.approx([0.0, -0.7])
    assert list(tips.marker.angle) == [90, 0]
    assert np.isfinite(np.asarray(traces["learned, σ = 1"].x)).all()
