"""The map of codes with the picture of one place."""

import numpy as np

from visualizers.walked_map import walked_map


def test_numerals_place_and_picture() -> None:
    placed = np.array([[0.0, 0.1], [1.0, 1.1], [2.0, 2.1]])
    drawn = walked_map(
        placed, {"3": np.array([True, False, True]), "5": np.array([False, True, False])}, placed[1],
        np.arange(64.0).reshape(8, 8), low=np.array([-1.0, -2.0]), high=np.array([3.0, 4.0]), axes=("one", "two"),
    )  # fmt: skip
    by_name = {trace.name: trace for trace in drawn.data}
    assert list(by_name) == ["class 3", "class 5", "place", "digit at this place"]
    assert list(by_name["class 3"].text) == ["3", "3"]
    assert (by_name["place"].x[0], by_name["place"].y[0]) == (1.0, np.float32(1.1))
    assert by_name["digit at this place"].z[1][0] == 8
    assert drawn.layout.xaxis.range == (-1.0, 3.0)
    assert drawn.layout.yaxis.range == (-2.0, 4.0)
