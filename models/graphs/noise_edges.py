"""Graphs of four classes with planted noise edges, and a reader of one layer of graph attention that classifies nodes.

Works: Veličković et al. 2018, "Graph Attention Networks", section 2.1 (the layer); Brody et al. 2022, "How Attentive
are Graph Attention Networks?", section 3.2 (GATv2). The graphs are this project's own.

Symbols
    B  graphs    N  nodes, in four classes of one size    D  features, two: the signs of a class, with noise
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.graphs.graph_attention import GraphAttention, GraphAttentionTrace

CLASSES, NODES, FEATURES = 4, 24, 2
SIGNS = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
TRUE_EDGES, NOISE = 4, 0.4
"""Mean number of true edges per node; standard deviation of the noise on each sign."""


class NoisyGraphs(NamedTuple):
    features: Tensor  # (B, N, D)
    classes: Tensor  # (B, N)
    true: Tensor  # (B, N, N) edges within a class
    noise: Tensor  # (B, N, N) edges between two classes


def noisy_graphs(B: int, noise_edges: float, draws: torch.Generator) -> NoisyGraphs:
    """Each pair of a class has an edge with one probability, each pair of two classes with another.

    ``noise_edges`` is the mean number of noise edges per node. No node has an edge to itself.
    """
    N = NODES
    classes = torch.arange(N) % CLASSES  # (N,)
    features = SIGNS[classes] + NOISE * torch.randn(B, N, FEATURES, generator=draws)  # (B, N, d)
    upper = torch.rand(B, N, N, generator=draws).triu(1)  # (B, N, N)
    uniform = upper + upper.mT  # (B, N, N)
    same = classes[:, None] == classes  # (N, N)
    others = ~torch.eye(N, dtype=torch.bool)  # (N, N)
    true = (uniform < TRUE_EDGES / (N / CLASSES - 1)) & same & others  # (B, N, N)
    noise = (uniform < noise_edges / (N - N / CLASSES)) & ~same  # (B, N, N)
    return NoisyGraphs(features, classes.expand(B, N), true, noise)


def features_permuted(graphs: NoisyGraphs, draws: torch.Generator) -> NoisyGraphs:
    """Features go to other nodes at random; edges and classes stay."""
    order = torch.rand(graphs.classes.shape, generator=draws).argsort(-1)  # (B, N)
    return graphs._replace(features=graphs.features.take_along_dim(order.unsqueeze(-1), 1))


def renumbered(graphs: NoisyGraphs, draws: torch.Generator) -> NoisyGraphs:
    """Nodes take their features, classes and edges along to another number."""
    order = torch.rand(graphs.classes.shape, generator=draws).argsort(-1)  # (B, N)
    features = graphs.features.take_along_dim(order.unsqueeze(-1), 1)  # (B, N, d)
    true, noise = (
        edges.take_along_dim(order.unsqueeze(-1), 1).take_along_dim(order.unsqueeze(-2), 2)
        for edges in (graphs.true, graphs.noise)
    )
    return NoisyGraphs(features, graphs.classes.take_along_dim(order, 1), true, noise)


def mean_weight_ratio(weights: Tensor, true: Tensor, noise: Tensor) -> Tensor:
    """Mean weight of true edges over mean weight of noise edges.  (..., N, N) → ()"""
    return weights[true].mean() / weights[noise].mean()


class NodeClassifier(nn.Module):
    """Features → one layer of graph attention → a logit per class. Every node is a neighbour of itself too."""

    def __init__(self, width: int, *, dynamic: bool) -> None:
        super().__init__()
        self.attention = GraphAttention(FEATURES, width, dynamic=dynamic)
        self.classes = nn.Linear(width, CLASSES)

    def forward(self, features: Tensor, edges: Tensor) -> tuple[Tensor, GraphAttentionTrace]:
        """Logits (B, N, 4)."""
        looped = edges | torch.eye(edges.shape[-1], dtype=torch.bool)  # (B, N, N)
        received, trace = self.attention(features, looped)
        return self.classes(received), trace
