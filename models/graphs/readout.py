"""Readout: one vector for a whole graph, by adding, averaging or taking the largest of its nodes' states.

Work: Xu et al. 2019, "How Powerful are Graph Neural Networks?", sections 4 and 5.2 (sum, mean and max).

Symbols
    G  graphs    N  nodes of the largest graph    D  features    h  node states (..., N, D)
    w  whether a node is there (..., N)           g  state of the graph (..., D)
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.graphs.message_passing import messages, received, updated


def sum_readout(h: Tensor, mask: Tensor) -> Tensor:
    """g = Σ_v h_v.  (..., N, D) → (..., D)"""
    return (h * mask.unsqueeze(-1)).sum(-2)


def mean_readout(h: Tensor, mask: Tensor) -> Tensor:
    """g = 1/|V| Σ_v h_v, over the nodes that are there.  (..., N, D) → (..., D)"""
    return sum_readout(h, mask) / mask.sum(-1, keepdim=True).clamp_min(1)


def max_readout(h: Tensor, mask: Tensor) -> Tensor:
    """g = largest h_v, feature by feature.  (..., N, D) → (..., D)"""
    return h.masked_fill(~mask.unsqueeze(-1), -torch.inf).amax(-2)


READOUTS = {"sum": sum_readout, "mean": mean_readout, "max": max_readout}


class ReadoutTrace(NamedTuple):
    states: Tensor  # (..., G, N, D) after the round of messages
    graph: Tensor  # (..., G, D)


class GraphReader(nn.Module):
    """One round of messages, a readout, one linear map to a number.

    One network per readout and question (R, Q), side by side; they share nothing.
    """

    def __init__(self, features: int, width: int, questions: int, readouts: Sequence[str]) -> None:
        super().__init__()
        self.readouts = tuple(readouts)
        shape = len(self.readouts), questions
        self.own, self.sent = (nn.Parameter(torch.empty(*shape, 1, features, width)) for _ in range(2))
        self.bias = nn.Parameter(torch.empty(*shape, 1, 1, width))
        self.answer, self.offset = nn.Parameter(torch.empty(*shape, width, 1)), nn.Parameter(torch.empty(*shape, 1))

    def forward(self, x: Tensor, adjacency: Tensor, mask: Tensor) -> tuple[Tensor, ReadoutTrace]:
        """Features (G, N, F), adjacency (G, N, N), mask (G, N) → answers (R, Q, G)."""
        r = received(adjacency, messages(x, self.sent))  # (R, Q, G, N, D)
        h = updated(x, r, self.own, self.bias)  # (R, Q, G, N, D)
        there = mask.expand(h.shape[1:-1])  # (Q, G, N)
        g = torch.stack([READOUTS[name](one, there) for name, one in zip(self.readouts, h)])  # (R, Q, G, D)
        return (g @ self.answer).squeeze(-1) + self.offset, ReadoutTrace(h, g)
