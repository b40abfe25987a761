"""Graph transformer: all nodes attend to all; where a node stands in the graph is told by an encoding.

Works: Dwivedi & Bresson 2021, "A Generalization of Transformer Networks to Graphs" (Laplacian eigenvectors);
Dwivedi et al. 2022, "Graph Neural Networks with Learnable Structural and Positional Representations" (random walks);
Ying et al. 2021, "Do Transformers Really Perform Bad for Graph Representation?", section 3.1.2 (shortest-path bias).

Symbols
    A  adjacency (B, N, N)    x  node features (B, N, F)    p  encoding of a node (B, N, P)    N  nodes
    h  node states (B, N, D)  φ  hop distance (B, N, N)     b  learned bias per hop (H, M)     H  heads
    K  features of a head     M  distances told apart       α  attention weights (B, H, N, N)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

ABSENT = -1e9
"""The score of a node that only fills a batch up."""


def laplacian_encoding(adjacency: Tensor, P: int, signs: Tensor | None = None) -> Tensor:
    """p_i = (u_2[i], …, u_{P+1}[i]): eigenvectors of L = I − D^−½ A D^−½, lowest first, without the trivial one.

    An eigenvector's sign is arbitrary; ``signs`` (P,) multiply them. Connected graphs.  (N, N) → (N, P)
    """
    degree = adjacency.sum(-1)  # (N,)
    scale = degree.clamp_min(1).rsqrt()  # (N,)
    laplacian = torch.eye(len(adjacency)) - scale[:, None] * adjacency * scale  # (N, N)
    vectors = torch.linalg.eigh(laplacian).eigenvectors[:, 1 : P + 1]  # (N, P)
    vectors = vectors * vectors.sum(0).sign().where(vectors.sum(0).abs() > 1e-5, torch.tensor(1.0))
    return vectors if signs is None else vectors * signs


def random_walk_encoding(adjacency: Tensor, P: int) -> Tensor:
    """p_i = (R_ii, (R²)_ii, …, (R^P)_ii), R = D^−1 A: the chance to be back after 1 … P steps.

    (..., N, N) → (..., N, P)
    """
    walk = adjacency / adjacency.sum(-1, keepdim=True).clamp_min(1)  # (..., N, N)
    power, back = walk, []
    for _ in range(P):
        back.append(power.diagonal(dim1=-2, dim2=-1))
        power = power @ walk  # (..., N, N)
    return torch.stack(back, -1)


def hop_bias(hops: Tensor, bias: Tensor) -> Tensor:
    """b_φ(i, j): one learned number per head and distance; distances from M − 1 on share one.

    (B, N, N) → (B, H, N, N)
    """
    return bias[:, hops.clamp_max(bias.shape[-1] - 1)].transpose(0, 1)


def attention_weights(q: Tensor, k: Tensor, bias: Tensor) -> Tensor:
    """α = softmax_j(q_i · k_j / √K + b_ij): every node attends to every node.  (B, H, N, K) → (B, H, N, N)"""
    return (q @ k.mT / q.shape[-1] ** 0.5 + bias).softmax(-1)


class GraphTransformerTrace(NamedTuple):
    weights: list[Tensor]  # attention of each layer (B, H, N, N)
    states: list[Tensor]  # (B, N, D) before the first layer and after each


class GraphAttentionLayer(nn.Module):
    """Attention with a bias, then a feed-forward network; each adds to the state and reads it normalised."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_feed_forward = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value, self.output = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.feed_forward = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))

    def forward(self, h: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        normed = self.before_attention(h)  # (B, N, D)
        split = lambda x: x.unflatten(-1, (self.heads, -1)).transpose(-3, -2)
        q, k, v = split(self.query(normed)), split(self.key(normed)), split(self.value(normed))  # (B, H, N, K)
        weights = attention_weights(q, k, bias)  # (B, H, N, N)
        h = h + self.output((weights @ v).transpose(-3, -2).flatten(-2))  # (B, N, D)
        return h + self.feed_forward(self.before_feed_forward(h)), weights


class GraphTransformer(nn.Module):
    """Node features and encodings → layers → one logit per node."""

    def __init__(self, features: int, encoding: int, distances: int, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.embed, self.embed_encoding = nn.Linear(features, width), nn.Linear(encoding, width, bias=False)
        self.hop_bias = nn.Parameter(torch.empty(heads, distances))
        self.layers = nn.ModuleList(GraphAttentionLayer(width, heads) for _ in range(layers))
        self.norm, self.answer = nn.LayerNorm(width), nn.Linear(width, 1)

    def forward(self, x: Tensor, encoding: Tensor, hops: Tensor, mask: Tensor) -> tuple[Tensor, GraphTransformerTrace]:
        """``mask`` (B, N) is True for nodes, False for what fills the batch up. Logits (B, N)."""
        h = self.embed(x) + self.embed_encoding(encoding)  # (B, N, D)
        bias = hop_bias(hops, self.hop_bias) + torch.where(mask, 0.0, ABSENT)[:, None, None]  # (B, H, N, N)
        states, weights = [h], []
        for layer in self.layers:
            h, attended = layer(h, bias)
            states.append(h)
            weights.append(attended)
        return self.answer(self.norm(h)).squeeze(-1), GraphTransformerTrace(weights, states)
