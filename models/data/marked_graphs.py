"""Small random graphs with marked nodes, and three questions: how many are marked, what share, is there one?

Symbols
    G  graphs    N  nodes of the largest graph
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

QUESTIONS = ("how many", "what share", "is there one")

FRIENDS = 2.2
"""Neighbours per node, about."""


class MarkedGraphs(NamedTuple):
    adjacency: Tensor  # (G, N, N)
    features: Tensor  # (G, N, 2): marked, and one for every node that is there
    mask: Tensor  # (G, N)
    answers: Tensor  # (3, G) how many, what share, is there one


def padded(graphs: MarkedGraphs, N: int) -> MarkedGraphs:
    """The same graphs with empty rows up to ``N`` nodes."""
    more = N - graphs.mask.shape[1]
    return MarkedGraphs(
        pad(graphs.adjacency, (0, more, 0, more)), pad(graphs.features, (0, 0, 0, more)), pad(graphs.mask, (0, more)),
        graphs.answers,
    )  # fmt: skip


def answers_of(marked: Tensor, mask: Tensor) -> Tensor:
    """How many nodes are marked, what share of the nodes that are there, and whether there is one.  (G, N) → (3, G)"""
    count = marked.sum(-1)  # (G,)
    return torch.stack([count, count / mask.sum(-1), (count > 0).float()])


def marked_graphs(G: int, smallest: int, largest: int, draws: torch.Generator) -> MarkedGraphs:
    """``G`` graphs of ``smallest`` to ``largest`` nodes; in half of them no node is marked or only few are."""
    sizes = torch.randint(smallest, largest + 1, (G,), generator=draws)  # (G,)
    mask = torch.arange(largest) < sizes[:, None]  # (G, N)
    both = (mask[:, :, None] & mask[:, None]).float()  # (G, N, N)
    chance = (FRIENDS / sizes)[:, None, None]  # (G, 1, 1)
    upper = (torch.rand(G, largest, largest, generator=draws) < chance).float().triu(1) * both  # (G, N, N)
    share = torch.rand(G, 1, generator=draws)  # (G, 1)
    share = torch.where(torch.rand(G, 1, generator=draws) < 0.5, 0.1 * share, share)  # (G, 1)
    marked = (torch.rand(G, largest, generator=draws) < share).float() * mask  # (G, N)
    features = torch.stack([marked, mask.float()], -1)  # (G, N, 2)
    return MarkedGraphs(upper + upper.mT, features, mask, answers_of(marked, mask))
