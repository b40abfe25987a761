"""A small graph on which one node asks for the bit of another: every node holds a bit, one of them is the source.

Symbols
    B  samples    N  nodes, 12    F  features, 1 + N
"""

from typing import NamedTuple

import torch
from torch import Tensor

NODES = 12
SOURCE = 0

EDGES = (
    (0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 6), (6, 7), (3, 7), (3, 8), (8, 9), (9, 10), (8, 10), (5, 11),
)  # fmt: skip

POSITIONS = (
    (-0.9, 0.0), (-0.45, 0.35), (0.05, 0.5), (0.5, 0.15), (-0.7, -0.6), (-0.25, -0.55), (0.15, -0.75), (0.5, -0.5),
    (0.8, 0.5), (0.75, 1.0), (0.25, 0.95), (-0.2, -1.0),
)  # fmt: skip
"""x and y of every node, from −1 to 1, for drawing only."""


class Sampled(NamedTuple):
    features: Tensor  # (B, N, F)
    labels: Tensor  # (B,) the source's bit, 0 or 1


def adjacency_of(edges: tuple[tuple[int, int], ...], nodes: int) -> Tensor:
    """(N, N), 1 for an edge, in both directions."""
    adjacency = torch.zeros(nodes, nodes)  # (N, N)
    for one, other in edges:
        adjacency[one, other] = adjacency[other, one] = 1
    return adjacency


def source_bits(B: int, draws: torch.Generator, *, by_number: bool = False) -> Sampled:
    """A random bit of −1 or 1 in every node, and which node is the source.

    The source carries a flag; ``by_number`` every node carries its own number instead, as one of N features.
    """
    bits = torch.randint(2, (B, NODES), generator=draws)  # (B, N)
    marks = torch.zeros(NODES, NODES)  # (N, N)
    marks[SOURCE, 0] = 1
    marks = torch.eye(NODES) if by_number else marks  # (N, N)
    features = torch.cat([(2.0 * bits - 1).unsqueeze(-1), marks.expand(B, NODES, NODES)], -1)  # (B, N, F)
    return Sampled(features, bits[:, SOURCE])
