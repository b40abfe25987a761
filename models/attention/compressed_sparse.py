"""Compressed sparse attention: m tokens become one entry, an indexer picks k entries, and a window stays exact.

Paper: DeepSeek-AI 2026, "DeepSeek-V4", section 2.3.1. Kept to one pooling series and one head: there blocks overlap and
many heads share the entries. One vector is both key and value.

Symbols
    h  input (B, T, D)      c  key and value of a token (B, T, K)       z  gate logits (B, T)     m  tokens an entry
    B  batch                T  tokens, a multiple of m                  E = T/m  entries          W  window
    Q  width of indexer queries and keys                                k  entries picked a query
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import relu

from models.attention.masks import sliding_window_mask


class CompressedTrace(NamedTuple):
    """What was pooled, picked, weighed and read."""

    gates: Tensor  # (B, E, m)
    index: Tensor  # (B, T, E)
    picked: Tensor  # (B, T, E)
    weights: Tensor  # (B, T, E + T)
    read: Tensor  # (B, T, K)


def pool_gates(z: Tensor, m: int) -> Tensor:
    """softmax of the gate logits within each block: (B, T) → (B, E, m)."""
    return z.unflatten(1, (-1, m)).softmax(dim=-1)


def pooled(c: Tensor, gates: Tensor) -> Tensor:
    """eᵢ = Σⱼ gᵢⱼ cⱼ over the tokens of block i: (B, T, K) → (B, E, K)."""
    blocks = c.unflatten(1, gates.shape[1:])  # (B, E, m, w)
    return (gates[..., None] * blocks).sum(dim=2)


def complete(T: int, m: int) -> Tensor:
    """True where all m tokens of entry i stand at or before token t. (T, E)"""
    ends = torch.arange(m, T + 1, m) - 1  # (E,)
    return torch.arange(T)[:, None] >= ends


def index_scores(q: Tensor, k: Tensor) -> Tensor:
    """Iₜᵢ = ReLU(q · k), the lightning indexer with one head of weight 1: (B, T, Q) and (B, E, Q) → (B, T, E)."""
    return relu(q @ k.transpose(-2, -1))


def pick(index: Tensor, allowed: Tensor, k: int) -> Tensor:
    """True for the k largest scores of each query among the entries it is allowed. (B, T, E)"""
    scores = index.masked_fill(~allowed, -1)  # (B, T, E)
    best = scores.topk(min(k, index.shape[-1]), dim=-1).indices  # (B, T, n)
    return torch.zeros_like(index, dtype=torch.bool).scatter(-1, best, True) & allowed


def window_of(T: int, W: int) -> Tensor:
    """The last W tokens, the token itself included; nothing for W = 0. (T, T)"""
    return sliding_window_mask(T, W) if W else torch.zeros(T, T, dtype=torch.bool)


def compressed_sparse_attention(
    q: Tensor, c: Tensor, z: Tensor, q_index: Tensor, c_index: Tensor, m: int, k: int, W: int
) -> CompressedTrace:
    """softmax over k picked entries and the window's own tokens, read from the same vectors that were compared.

    A query with nothing visible reads zero.
    """
    T = c.shape[1]
    gates = pool_gates(z, m)  # (B, E, m)
    entries = pooled(c, gates)  # (B, E, K)
    index = index_scores(q_index, pooled(c_index, gates))  # (B, T, E)
    picked = pick(index, complete(T, m).to(c.device), k)  # (B, T, E)
    near = window_of(T, W).to(c.device).expand(len(c), -1, -1)  # (B, T, T)
    seen = torch.cat([picked, near], dim=-1)  # (B, T, E + T)
    both = torch.cat([entries, c], dim=1)  # (B, E + T, K)
    scores = (q @ both.transpose(-2, -1)).masked_fill(~seen, -math.inf)  # (B, T, E + T)
    weights = scores.softmax(dim=-1).nan_to_num(0)  # (B, T, E + T)
    return CompressedTrace(gates, index, picked, weights, weights @ both)


def kept_numbers(T: int, K: int, Q: int, m: int, W: int) -> int:
    """T/m · (K + Q) + W·K: entries with their indexer keys, and the window; a full cache of one vector keeps T·K."""
    return T // m * (K + Q) + W * K


def core_multiplications(K: int, k: int, W: int) -> int:
    """2K (k + W) for a new token, however long the text."""
    return 2 * K * (k + W)


def indexer_multiplications(T: int, Q: int, m: int) -> int:
    """Q · T/m for a new token: every entry is still scored, with fewer numbers."""
    return Q * (T // m)
