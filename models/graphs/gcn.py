"""Graph convolutional network: every node averages its neighbours and itself, then all share one linear map.

Work: Kipf & Welling 2017, "Semi-Supervised Classification with Graph Convolutional Networks", section 2, equation 2;
residual connections from its appendix B. Smoothing alone: Wu et al. 2019, "Simplifying Graph Convolutional Networks".

Symbols
    A  adjacency (..., N, N)      Â  normalised adjacency       N  nodes       D  features
    H  node states (..., N, D)    W  weights (D, E)             L  layers      S  steps of smoothing
    d̃  degree plus self-loops
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn


def normalised_adjacency(adjacency: Tensor, self_loops: float = 1.0) -> Tensor:
    """Â = D̃^−½ (A + I) D̃^−½, the diagonal D̃ holding the row sums of A + I.  (..., N, N) → (..., N, N)

    ``self_loops`` is how often I is added: 1 as in the paper. A node without any edge keeps a row of zeros.
    """
    N = adjacency.shape[-1]
    looped = adjacency + self_loops * torch.eye(N, device=adjacency.device, dtype=adjacency.dtype)  # (..., N, N)
    degree = looped.sum(-1)  # (..., N)
    scale = torch.where(degree > 0, degree.clamp_min(1e-12).rsqrt(), 0.0)  # (..., N)
    return scale.unsqueeze(-1) * looped * scale.unsqueeze(-2)


def graph_convolution(h: Tensor, a_hat: Tensor, weight: Tensor) -> Tensor:
    """Z = Â H W: what every node receives from its neighbours and itself.  (..., N, D) → (..., N, E)"""
    return a_hat @ (h @ weight)


def smoothed(h: Tensor, a_hat: Tensor, steps: int) -> Tensor:
    """Â^S H: averaging alone, without weights.  (..., N, D) → (..., N, D)"""
    for _ in range(steps):
        h = a_hat @ h  # (..., N, D)
    return h


def mean_cosine(h: Tensor) -> Tensor:
    """Mean cosine between the states of two different nodes: 1 when all point one way.  (..., N, D) → (...)"""
    N = h.shape[-2]
    unit = h / h.norm(dim=-1, keepdim=True).clamp_min(1e-12)  # (..., N, d)
    return ((unit @ unit.mT).sum((-2, -1)) - unit.square().sum((-2, -1))) / (N * (N - 1))


class GCNTrace(NamedTuple):
    """The node states after every layer, the input first."""

    states: list[Tensor]  # each (..., N, D)


class GCN(nn.Module):
    """x → H₁ → … → logits. With ``residual`` every layer but the first and the last adds its input."""

    def __init__(self, inputs: int, width: int, classes: int, layers: int, *, residual: bool = False) -> None:
        super().__init__()
        sizes = [inputs, *[width] * (layers - 1), classes]
        self.weights = nn.ParameterList(torch.empty(d, e) for d, e in pairwise(sizes))
        self.residual = residual

    def forward(self, x: Tensor, a_hat: Tensor) -> tuple[Tensor, GCNTrace]:
        h, states = x, [x]
        for number, weight in enumerate(self.weights):
            z = graph_convolution(h, a_hat, weight)  # (..., N, e)
            last = number == len(self.weights) - 1
            new = z if last else z.relu()  # (..., N, e)
            h = new + h if self.residual and number > 0 and not last else new
            states.append(h)
        return h, GCNTrace(states)
