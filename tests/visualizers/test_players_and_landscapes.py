"""Structure of the plane of two players, and of a landscape with chains."""

import numpy as np

from visualizers.landscape import landscape
from visualizers.players import players


def test_players_have_their_points_and_pulls() -> None:
    points = np.array([[0.0, 1.0], [2.0, -1.0]])
    pulls = np.stack([points, points + 0.5], 1)
    drawn = players(np.full((5, 5), 0.25), real=points, generated=points[:1], pulls=pulls, sets="own")
    assert [trace.name for trace in drawn.data] == [
        "probability of real, in percent", "real points", "pulls", "generated points",
    ]  # fmt: skip
    assert drawn.data[0].z[0][0] == 25
    assert drawn.data[0].meta == {"sets": ["own"], "where": True}
    assert len(drawn.data[2].x) == 3 * len(pulls)
    assert np.isnan(drawn.data[2].x[2])


def test_a_landscape_stands_where_its_places_are() -> None:
    places = np.linspace(-1, 1, 4)
    drawn = landscape(np.zeros((4, 4)), places, data=np.zeros((2, 2)), rolling=np.ones((3, 2)), deepest=8.0)
    assert [trace.name for trace in drawn.data] == ["energy", "data", "chains"]
    assert (drawn.data[0].zmin, drawn.data[0].zmax) == (0, 8.0)
    assert tuple(drawn.layout.xaxis.range) == (-1.0, 1.0)
