"""Edges that a person adds to a graph or takes away, by hand or by numbers: a control of any experiment on one graph.

Its value is text, so that what is drawn travels in the address and is stored nowhere: “0-5 2-3” names pairs of nodes.
A pair without an edge gets one, a pair with an edge loses it; moving an edge is one of each.

    class Controls(base.Controls):
        edges: Annotated[str, drawn_on(12)] = Field("", title="Edges", json_schema_extra=edges_among(12, "node"))

In a figure, ``visualizers.graph.network`` is told the control’s name: a drag from node to node changes an edge.
"""

import re

from pydantic import AfterValidator
from pydantic.config import JsonDict
from torch import Tensor

MOST = 24
"""Pairs in one text."""

_PAIR = re.compile(r"(\d{1,3})-(\d{1,3})", re.ASCII)


def _found(text: str, nodes: int) -> list[tuple[int, int]]:
    words = text.split()
    pairs = [_PAIR.fullmatch(word) for word in words]
    found = [(int(pair[1]), int(pair[2])) for pair in pairs if pair]
    wrong = any(one == other or max(one, other) >= nodes for one, other in found)
    if len(found) < len(words) or len(found) > MOST or wrong:
        raise ValueError(
            f"takes up to {MOST} pairs of different nodes such as “0-5 2-3”, numbers from 0 to {nodes - 1}"
        )
    return found


def _written(text: str, nodes: int) -> str:
    """One spelling for one change: each pair once, smaller number first; a pair that is named twice cancels out."""
    named = set[tuple[int, int]]()
    for one, other in _found(text, nodes):
        named ^= {(min(one, other), max(one, other))}
    return " ".join(f"{one}-{other}" for one, other in sorted(named))


def drawn_on(nodes: int) -> AfterValidator:
    """Beside ``str`` in ``Annotated``: text of changed edges of a graph with so many nodes; empty text changes none."""
    return AfterValidator(lambda text: _written(text, nodes))


def edges_among(nodes: int, picks: str = "") -> JsonDict:
    """Tells the page to let edges be drawn; ``picks`` is the control that a click on a node sets, if there is one."""
    return {"kind": "edges", "range": [0, nodes - 1], "most": MOST, "picks": picks}


def with_edges(adjacency: Tensor, text: str) -> Tensor:
    """The adjacency after the changes that ``text`` names.  (N, N) → (N, N)

    Raises:
        ValueError: if the text names no pairs of this graph's nodes; its words say what it takes.
    """
    changed = adjacency.clone()
    for one, other in _found(text, len(adjacency)):
        changed[one, other] = changed[other, one] = 1 - changed[one, other]
    return changed
