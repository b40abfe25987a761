"""Positions as offsets: a learned number, or a learned vector, for the distance between query and key.

Papers: Raffel et al. 2020, "Exploring the Limits of Transfer Learning", section 2.1 (one bias per bucket of offsets);
Shaw et al. 2018, "Self-Attention with Relative Position Representations", sections 3.2 and 3.3, equation 5, keys only.

Symbols
    i, j  query and key position       d = i − j  offset, 0 for itself      c  largest offset with a vector of its own
    b  bias (buckets, H)      a  vectors (C, K), C = c + 1       q  queries (B, H, T, K)
"""

import math

import torch
from torch import Tensor, nn

from models.position.scheme import PositionScheme


def bucket(offset: Tensor, buckets: int, furthest: int) -> Tensor:
    """d below half the buckets; from there on ever wider ones, spaced by ln d, the last from ``furthest`` on."""
    exact = buckets // 2
    far = (offset.clamp(min=1) / exact).log() / math.log(furthest / exact) * (buckets - exact)
    return torch.where(offset < exact, offset, (exact + far.long()).clamp(max=buckets - 1))


def both_ways(ahead: Tensor, buckets: int, furthest: int) -> Tensor:
    """The bucket of j − i, where keys may stand ahead: half of the buckets behind the query, half ahead of it."""
    half = buckets // 2
    return bucket(ahead.abs(), half, furthest) + half * (ahead > 0)


class StackBias(nn.Module):
    """b[bucket(j − i)]: one number per bucket and head, which all layers of a stack share."""

    def __init__(self, heads: int, buckets: int, furthest: int, causal: bool) -> None:
        super().__init__()
        self.buckets, self.furthest, self.causal = buckets, furthest, causal
        self.table = nn.Parameter(torch.zeros(buckets, heads))

    def forward(self, length: int) -> Tensor:
        """(H, T, T)"""
        place = torch.arange(length, device=self.table.device)
        ahead = place - place[:, None]  # (T, T)
        sizes = self.buckets, self.furthest
        found = bucket((-ahead).clamp(min=0), *sizes) if self.causal else both_ways(ahead, *sizes)  # (T, T)
        return self.table[found].permute(2, 0, 1)


class OffsetScheme(PositionScheme):
    """What may also be added to the scores once the queries are known."""

    def term(self, q: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor | None:
        """To add to the scores, (B, H, T, S), or None for nothing."""
        return None


class T5Bias(OffsetScheme):
    """score + b[bucket(i − j)]: one learned number per bucket and head; the future is left to the mask."""

    def __init__(self, heads: int, buckets: int = 32, furthest: int = 128) -> None:
        super().__init__()
        self.buckets, self.furthest = buckets, furthest
        self.table = nn.Parameter(torch.zeros(buckets, heads))

    def bias(self, query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
        offset = (query_positions[:, None] - key_positions).clamp(min=0)  # (T, S)
        return self.table[bucket(offset, self.buckets, self.furthest)].permute(2, 0, 1)


class RelativeKeys(OffsetScheme):
    """qᵢ · (kⱼ + a[min(i − j, c)]) / √K: one learned vector per offset, the same for all offsets from c on."""

    def __init__(self, head_width: int, clip: int) -> None:
        super().__init__()
        self.clip = clip
        self.table = nn.Parameter(torch.zeros(clip + 1, head_width))

    def term(self, q: Tensor, query_positions: Tensor, key_positions: Tensor) -> Tensor:
        offset = (query_positions[:, None] - key_positions).clamp(0, self.clip)  # (T, S)
        by_offset = q @ self.table.T / math.sqrt(q.shape[-1])  # (B, H, T, C)
        return by_offset.gather(-1, offset.expand(*q.shape[:2], -1, -1))
