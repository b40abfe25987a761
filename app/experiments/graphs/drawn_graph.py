"""The edges of a graph as a figure takes them, and which of them a person drew."""

from typing import TypedDict

from torch import Tensor

Edge = tuple[int, int]


class Parts(TypedDict):
    added: list[Edge]
    removed: list[Edge]


def edges_of(adjacency: Tensor) -> list[Edge]:
    """Every edge once, the smaller node first.  (N, N)"""
    return [(int(one), int(other)) for one, other in adjacency.triu(1).nonzero().tolist()]


def parts_of(text: str, adjacency: Tensor) -> Parts:
    """Of the pairs that were changed, those with an edge now and those without."""
    pairs = [(int(one), int(other)) for one, _, other in (word.partition("-") for word in text.split())]
    there = [bool(adjacency[pair]) for pair in pairs]
    return {
        "added": [pair for pair, now in zip(pairs, there) if now],
        "removed": [pair for pair, now in zip(pairs, there) if not now],
    }
