"""Transformer-XL: a text is read segment by segment, and each layer also attends to its cached states.

Paper: Dai et al. 2019, "Transformer-XL: Attentive Language Models beyond a Fixed-Length Context", sections 3.2
(segment-level recurrence) and 3.3 (relative positions; the equations at its end).

Symbols
    h  states of a layer (B, T, D)      m  cached states of the same layer (B, M, D), without gradient
    T  tokens of a segment              M  cached tokens     S = M + T      H  heads      K  head width
    R  sinusoidal encodings of the offsets S − 1 … 0 (S, D)     u, v  learned vectors that stand for the query (H, K)
    Aᵢⱼ = qᵢ·kⱼ (a) + qᵢ·rᵢ₋ⱼ (b) + u·kⱼ (c) + v·rᵢ₋ⱼ (d), with r = R W_kR
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from models.attention.masks import causal_mask
from models.attention.multi_head import merge_heads, split_heads
from models.layers.feed_forward import FeedForward
from models.position.sinusoidal import sinusoidal_encoding

Cache = tuple[Tensor, ...]
"""For each layer the states (B, M, D) that it read before this segment."""


@dataclass(frozen=True)
class XLConfig:
    symbols: int
    width: int
    layers: int
    heads: int
    hidden: int


def extended(h: Tensor, m: Tensor) -> Tensor:
    """h̃ = [SG(m) ∘ h]: the cached states, through which no gradient passes, before those of the segment."""
    return torch.cat([m.detach(), h], dim=1)


def shifted(by_offset: Tensor) -> Tensor:
    """(…, T, S) with the offset S − 1 − c in column c → with key position j in column j; the future is left wrong.

    The trick of the paper's appendix B: row i moves left by T − 1 − i.
    """
    T, S = by_offset.shape[-2:]
    column = torch.arange(S) + T - 1 - torch.arange(T)[:, None]  # (T, S)
    return by_offset.gather(-1, column.clamp(max=S - 1).to(by_offset.device).expand(by_offset.shape))


def scores(q: Tensor, k: Tensor, r: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """A = (q + u) kᵀ + shift((q + v) rᵀ), for q (B, H, T, K), k (B, H, S, K), r (H, S, K): (B, H, T, S)."""
    content = (q + u[:, None]) @ k.transpose(-2, -1)  # (B, H, T, S)
    position = shifted((q + v[:, None]) @ r.transpose(-2, -1))  # (B, H, T, S)
    return content + position


class RelativeAttention(nn.Module):
    """softmax(A/√K) over the cache and the segment, positions as offsets."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v, self.to_r, self.to_out = (
            nn.Linear(width, width, bias=False) for _ in range(5)
        )
        self.u, self.v = (nn.Parameter(torch.zeros(heads, width // heads)) for _ in range(2))

    def forward(self, h: Tensor, m: Tensor) -> tuple[Tensor, Tensor]:
        """The output (B, T, D) and the weights (B, H, T, S)."""
        seen, T = extended(h, m), h.shape[1]
        q = split_heads(self.to_q(h), self.heads)  # (B, H, T, K)
        k = split_heads(self.to_k(seen), self.heads)  # (B, H, S, K)
        values = split_heads(self.to_v(seen), self.heads)  # (B, H, S, K)
        S, width = seen.shape[1:]
        offsets = sinusoidal_encoding(torch.arange(S - 1, -1, -1, device=h.device), width)  # (S, D)
        r = split_heads(self.to_r(offsets), self.heads)  # (H, S, K)
        a = scores(q, k, r, self.u, self.v) / math.sqrt(q.shape[-1])  # (B, H, T, S)
        a = a.masked_fill(~causal_mask(T, S - T, h.device), -math.inf)
        weights = a.softmax(dim=-1)  # (B, H, T, S)
        return self.to_out(merge_heads(weights @ values)), weights


class XLBlock(nn.Module):
    """norm(h + Attention(h, m)), then norm(h + FFN(h))."""

    def __init__(self, attention: nn.Module, width: int, hidden: int) -> None:
        super().__init__()
        self.attention = attention
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed_forward = FeedForward(width, hidden, relu)

    def forward(self, h: Tensor, m: Tensor) -> tuple[Tensor, Tensor]:
        attended, weights = self.attention(h, m)
        h = self.attention_norm(h + attended)  # (B, T, D)
        h = self.feed_forward_norm(h + self.feed_forward(h)[0])  # (B, T, D)
        return h, weights


class XLTrace(NamedTuple):
    states: Cache  # what each layer read in this segment, (B, T, D)
    weights: tuple[Tensor, ...]  # of each layer (B, H, T, S)


class TransformerXL(nn.Module):
    """One segment at a time; ``cached`` adds its states to the cache for the next."""

    def __init__(self, config: XLConfig) -> None:
        super().__init__()
        self.config = c = config
        self.embedding = nn.Embedding(c.symbols, c.width)
        self.blocks = nn.ModuleList(XLBlock(self.attention(), c.width, c.hidden) for _ in range(c.layers))

    def attention(self) -> nn.Module:
        return RelativeAttention(self.config.width, self.config.heads)

    def embed(self, ids: Tensor) -> Tensor:
        """√D · E[ids]: no position is added."""
        return self.embedding(ids) * math.sqrt(self.config.width)

    def empty(self, rows: int) -> Cache:
        """A cache of no tokens."""
        return (self.embedding.weight.new_zeros(rows, 0, self.config.width),) * self.config.layers

    def forward(self, ids: Tensor, cache: Cache) -> tuple[Tensor, XLTrace]:
        """Logits (B, T, V) for the token after each of the segment ``ids`` (B, T)."""
        h, states, weights = self.embed(ids), [], []
        for block, m in zip(self.blocks, cache, strict=True):
            states.append(h)
            h, used = block(h, m)
            weights.append(used)
        return h @ self.embedding.weight.T, XLTrace(tuple(states), tuple(weights))


def cached(cache: Cache, states: Cache, length: int) -> Cache:
    """The last ``length`` states of each layer, those of the segment included, without gradient."""
    joined = (torch.cat([m, h.detach()], dim=1) for m, h in zip(cache, states, strict=True))
    return tuple(both[:, both.shape[1] - min(length, both.shape[1]) :] for both in joined)
