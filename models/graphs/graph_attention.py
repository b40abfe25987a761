"""Graph attention: every node weighs its neighbours by a learned score, in the form of GAT and in that of GATv2.

Works: Veličković et al. 2018, "Graph Attention Networks", section 2.1, equations 1 to 4; Brody et al. 2022, "How
Attentive are Graph Attention Networks?", sections 3.1 and 3.2 (GATv2, equation 7).

Symbols
    h  node states (..., N, D)     W  weights (D, E), or a pair of them for a node and its neighbours in GATv2
    a  scoring vector (2E,) or (E,)     e  scores (..., N, N): rows attend, columns are attended to
    α  attention weights (..., N, N)    M  whether there is an edge (..., N, N)     N  nodes
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

SLOPE = 0.2
"""Of LeakyReLU below 0, as in both papers."""


def static_scores(own: Tensor, other: Tensor, a: Tensor) -> Tensor:
    """GAT: e_ij = LeakyReLU(aᵀ [W h_i ; W h_j]), the nonlinearity outside.  (..., N, E) → (..., N, N)

    The score is one number of i plus one number of j: every node ranks its neighbours alike.
    """
    mine, theirs = own @ a[: len(a) // 2], other @ a[len(a) // 2 :]  # (..., N)
    return leaky_relu(mine.unsqueeze(-1) + theirs.unsqueeze(-2), SLOPE)


def dynamic_scores(own: Tensor, other: Tensor, a: Tensor) -> Tensor:
    """GATv2: e_ij = aᵀ LeakyReLU(W h_i + V h_j), the nonlinearity inside.  (..., N, E) → (..., N, N)"""
    return leaky_relu(own.unsqueeze(-2) + other.unsqueeze(-3), SLOPE) @ a


def edge_weights(scores: Tensor, edges: Tensor) -> Tensor:
    """α_ij = softmax of e_ij over the neighbours j of i; 0 without an edge.  (..., N, N) → (..., N, N)"""
    return scores.masked_fill(~edges, -torch.inf).softmax(-1).nan_to_num(0.0)


class GraphAttentionTrace(NamedTuple):
    scores: Tensor  # (..., N, N)
    weights: Tensor  # (..., N, N)


class GraphAttention(nn.Module):
    """h′_i = Σ_j α_ij V h_j, one head. ``dynamic`` is GATv2; GAT uses one W for both places."""

    def __init__(self, features: int, width: int, *, dynamic: bool) -> None:
        super().__init__()
        self.dynamic = dynamic
        self.other = nn.Linear(features, width, bias=False)
        self.own = nn.Linear(features, width, bias=False) if dynamic else self.other
        self.a = nn.Parameter(torch.empty(width if dynamic else 2 * width, 1))

    def forward(self, h: Tensor, edges: Tensor) -> tuple[Tensor, GraphAttentionTrace]:
        own, other = self.own(h), self.other(h)  # (..., N, e)
        scores = (dynamic_scores if self.dynamic else static_scores)(own, other, self.a.squeeze(-1))  # (..., N, N)
        weights = edge_weights(scores, edges)  # (..., N, N)
        return weights @ other, GraphAttentionTrace(scores, weights)
