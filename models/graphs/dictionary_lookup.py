"""Dictionary lookup: every query node asks for the value of the one key node that has its key.

Work: Brody et al. 2022, "How Attentive are Graph Attention Networks?", section 4.1 (the DictionaryLookup problem).

Symbols
    B  samples    k  keys, each in one query node and one key node    N  nodes, 2k    D  features
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.graphs.graph_attention import GraphAttention, GraphAttentionTrace


class Lookup(NamedTuple):
    keys: Tensor  # (B, N) queries first
    values: Tensor  # (B, N), k for queries, which have none
    answers: Tensor  # (B, k) value of each query's key


def lookups(B: int, k: int, draws: torch.Generator) -> Lookup:
    """Values are a random order of k numbers, anew in every sample."""
    values = torch.rand(B, k, generator=draws).argsort(-1)  # (B, k)
    keys = torch.arange(k).repeat(2).expand(B, -1)  # (B, N)
    return Lookup(keys, torch.cat([torch.full((B, k), k), values], 1), values)


def edges_of(k: int) -> Tensor:
    """Every query has an edge to every key node.  (N, N)"""
    edges = torch.zeros(2 * k, 2 * k, dtype=torch.bool)  # (N, N)
    edges[:k, k:] = True
    return edges


class DictionaryReader(nn.Module):
    """Embedded keys and values → one layer of graph attention → relu → a logit per value."""

    def __init__(self, k: int, width: int, *, dynamic: bool) -> None:
        super().__init__()
        self.key, self.value = nn.Embedding(k, width), nn.Embedding(k + 1, width)
        self.attention = GraphAttention(width, width, dynamic=dynamic)
        self.inner, self.answer = nn.Linear(width, width), nn.Linear(width, k)

    def forward(self, keys: Tensor, values: Tensor, edges: Tensor) -> tuple[Tensor, GraphAttentionTrace]:
        """Logits (B, N, k)."""
        h = self.key(keys) + self.value(values)  # (B, N, D)
        received, trace = self.attention(h, edges)
        return self.answer(self.inner(received).relu()), trace
