"""Message passing: in every round each node adds up what its neighbours send, and updates its own state.

Works: Gilmer et al. 2017, "Neural Message Passing for Quantum Chemistry", section 2 (messages, updates, readout);
Hamilton 2020, "Graph Representation Learning", section 5.1.3 (the basic update, equation 5.7).

Symbols
    A  adjacency (..., N, N)    x  node features (..., N, F)    h  node states (..., N, D)    N  nodes
    S  weights for the own state (D, E)    W  weights for messages (D, E)    b  bias (E,)     T  rounds
    u  weights of the answer (D,)
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn


def messages(h: Tensor, weight: Tensor) -> Tensor:
    """m_u = W h_u: what node u sends to each of its neighbours.  (..., N, D) → (..., N, E)"""
    return h @ weight


def received(adjacency: Tensor, m: Tensor) -> Tensor:
    """r_v = Σ_{u ∈ N(v)} m_u: the messages of all neighbours, added up.  (..., N, E) → (..., N, E)"""
    return adjacency @ m


def updated(h: Tensor, r: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """h′_v = relu(S h_v + r_v + b).  (..., N, D) and (..., N, E) → (..., N, E)"""
    return (h @ weight + r + bias).relu()


def terms(h: Tensor, adjacency: Tensor, own: Tensor, sent: Tensor, bias: Tensor, node: int) -> Tensor:
    """What makes the new state of ``node`` v, a row each: S h_v, then W h_u for every neighbour u, then b.  (K, E)"""
    neighbours = adjacency[node].nonzero().squeeze(-1)
    return torch.cat([(h @ own)[[node]], (h @ sent)[neighbours], bias.unsqueeze(0)])


def renumbered(x: Tensor, adjacency: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
    """P x and P A Pᵀ: the same graph, node ``order[i]`` now being number i.  (..., N, F) and (N, N)"""
    return x[..., order, :], adjacency[order][:, order]


class MessagePassingTrace(NamedTuple):
    """Node states before the first round and after each, and what was received in each."""

    states: list[Tensor]  # each (..., N, D)
    received: list[Tensor]  # each (..., N, D)


class MessagePassing(nn.Module):
    """T rounds, each with weights of its own, then one logit per node."""

    def __init__(self, features: int, width: int, rounds: int) -> None:
        super().__init__()
        sizes = [features, *[width] * rounds]
        pairs = list(pairwise(sizes))
        self.own = nn.ParameterList(torch.empty(d, e) for d, e in pairs)
        self.sent = nn.ParameterList(torch.empty(d, e) for d, e in pairs)
        self.biases = nn.ParameterList(torch.empty(e) for _, e in pairs)
        self.answer = nn.Linear(width, 1)

    def forward(self, x: Tensor, adjacency: Tensor) -> tuple[Tensor, MessagePassingTrace]:
        """Logits (..., N)."""
        h, states, arrived = x, [x], []
        for own, sent, bias in zip(self.own, self.sent, self.biases):
            r = received(adjacency, messages(h, sent))  # (..., N, e)
            h = updated(h, r, own, bias)  # (..., N, e)
            arrived.append(r)
            states.append(h)
        return self.answer(h).squeeze(-1), MessagePassingTrace(states, arrived)
