"""GraphSAGE: every node samples a few neighbours, aggregates their states, and joins the result with its own.

Work: Hamilton, Ying & Leskovec 2017, "Inductive Representation Learning on Large Graphs", algorithm 1 and section 3.3.

Symbols
    N  nodes     S  sampled neighbours per node    D  features     h  node states (N, D)
    n  numbers of the sampled neighbours (N, S)    K  classes      w  which of them count (N, S)
    a  aggregated neighbours (N, D)                W  weights (2D, E)
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Sample(NamedTuple):
    """Neighbours of every node."""

    nodes: Tensor  # (N, S) their numbers
    counts: Tensor  # (N, S) whether each counts: a node without neighbours has none that does


def sampled(adjacency: Tensor, S: int, draws: torch.Generator) -> Sample:
    """``S`` neighbours of every node, uniform and with replacement.  (N, N) → (N, S)"""
    alone = adjacency.sum(-1, keepdim=True) == 0  # (N, 1)
    nodes = torch.multinomial(adjacency + alone, S, replacement=True, generator=draws)  # (N, S)
    return Sample(nodes, (~alone).expand(-1, S))


def all_neighbours(adjacency: Tensor) -> Sample:
    """Every neighbour of every node once, in lists as long as the largest degree.  (N, N) → (N, S)"""
    S = max(1, int((adjacency > 0).sum(-1).max()))
    counts, nodes = adjacency.topk(S, dim=-1)  # (N, S)
    return Sample(nodes, counts > 0)


def mean_aggregate(h: Tensor, sample: Sample) -> Tensor:
    """a_v = mean of h_u over the sampled u.  (N, D) → (N, D)"""
    weight = sample.counts.unsqueeze(-1).float()  # (N, S, 1)
    return (h[sample.nodes] * weight).sum(1) / weight.sum(1).clamp_min(1)


def sum_aggregate(h: Tensor, sample: Sample) -> Tensor:
    """a_v = Σ h_u over the sampled u.  (N, D) → (N, D)"""
    return (h[sample.nodes] * sample.counts.unsqueeze(-1)).sum(1)


def max_aggregate(h: Tensor, sample: Sample) -> Tensor:
    """a_v = largest h_u over the sampled u, feature by feature.  (N, D) → (N, D)"""
    low = h[sample.nodes].masked_fill(~sample.counts.unsqueeze(-1), -torch.inf)  # (N, S, d)
    return torch.where(sample.counts.any(-1, keepdim=True), low.amax(1), 0.0)


AGGREGATORS = {"mean": mean_aggregate, "max": max_aggregate, "sum": sum_aggregate}


def joined(h: Tensor, a: Tensor, weight: Tensor) -> Tensor:
    """h′_v = W [h_v ; a_v]: own state and neighbours side by side, then one linear map.  (N, D) → (N, E)"""
    return torch.cat([h, a], -1) @ weight


def unit_length(h: Tensor) -> Tensor:
    """h_v / ‖h_v‖.  (N, E) → (N, E)"""
    return h / h.norm(dim=-1, keepdim=True).clamp_min(1e-12)


class GraphSAGETrace(NamedTuple):
    states: list[Tensor]  # the features, then the states after every layer, each (N, D)


class GraphSAGE(nn.Module):
    """x → h₁ → … → logits; one sample of neighbours per layer. relu and unit length follow all but the last layer."""

    def __init__(self, features: int, width: int, classes: int, layers: int = 2, aggregator: str = "mean") -> None:
        super().__init__()
        sizes = [features, *[width] * (layers - 1), classes]
        self.weights = nn.ParameterList(torch.empty(2 * d, e) for d, e in pairwise(sizes))
        self.aggregate = AGGREGATORS[aggregator]

    def forward(self, x: Tensor, samples: list[Sample]) -> tuple[Tensor, GraphSAGETrace]:
        h, states = x, [x]
        for number, (weight, sample) in enumerate(zip(self.weights, samples, strict=True)):
            h = joined(h, self.aggregate(h, sample), weight)  # (N, e)
            if number < len(self.weights) - 1:
                h = unit_length(h.relu())  # (N, e)
            states.append(h)
        return h, GraphSAGETrace(states)
