"""A graph drawn: which lines, which nodes, and what a click or a drag is told."""

import numpy as np

from visualizers.graph import network
from visualizers.theme import ACCENT

PLACES = np.asarray([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def trace(drawn, name: str):
    (found,) = (one for one in drawn.data if one.name == name)
    return found


def test_edges_nodes_and_what_was_drawn() -> None:
    drawn = network(
        PLACES, [(0, 1), (1, 2)], values=[np.zeros(3), np.ones(3)], names=["0", "1"], start=1, added=[(1, 2)],
        removed=[(0, 2)], sets="node", draws="edges",
    )  # fmt: skip
    assert list(trace(drawn, "edges").x) == [0, 1, None]
    assert list(trace(drawn, "drawn edges").y) == [0, 1, None]
    assert trace(drawn, "drawn edges").line.color == ACCENT
    assert list(trace(drawn, "removed edges").x) == [0, 0, None]
    middles, nodes = trace(drawn, "edge middles"), trace(drawn, "nodes")
    assert (list(middles.x), list(middles.y)) == ([0.5, 0.5], [0, 0.5])
    assert [at[0][0] for at in middles.customdata] == [[0, 1], [1, 2]]
    assert nodes.meta == {"sets": ["node"], "draws": "edges"}
    assert middles.meta == {"sets": ["edges"], "middles": True}
    assert list(nodes.marker.color) == [1, 1, 1]
    assert [frame._props["data"][0]["marker"]["color"] for frame in drawn.frames] == [[0, 0, 0], [1, 1, 1]]
    assert {frame.traces[0] for frame in drawn.frames} == {len(drawn.data) - 1}


def test_weights_are_widths_in_five_steps() -> None:
    drawn = network(PLACES, [(0, 1), (1, 2)], weights={(0, 1): 0.0, (1, 2): 1.0}, colours=[ACCENT] * 3)
    assert list(trace(drawn, "edges, width 1").x) == [0, 1, None]
    assert list(trace(drawn, "edges, width 5").x) == [1, 0, None]
    assert trace(drawn, "edges, width 5").line.width > trace(drawn, "edges, width 1").line.width
    assert not trace(drawn, "edges, width 3").x
    assert trace(drawn, "nodes").meta is None
