"""Grouped-query attention: several query heads share one key/value head.

Paper: Ainslie et al. 2023, "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head
Checkpoints", section 2. G = H is multi-head attention, G = 1 multi-query attention (Shazeer 2019).

Symbols
    x  input (B, T, D)        S  tokens seen so far: T and those in the cache
    B  batch                  D  width                 H  query heads
    K  head width             G  key/value heads, H a multiple of G
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.attention.dot_product import Attend, scaled_dot_product
from models.attention.multi_head import MultiHeadTrace, merge_heads, split_heads
from models.position.scheme import NoPosition, PositionScheme
from models.serving.kv_cache import LayerCache


def repeat_kv(kv: Tensor, heads: int) -> Tensor:
    """Key/value head g serves the query heads g·H/G … (g+1)·H/G − 1: (B, G, S, K) → (B, H, S, K)."""
    return kv.repeat_interleave(heads // kv.shape[1], dim=1)


def pool_heads(weight: Tensor, heads: int, pooled: int) -> Tensor:
    """W'_g = mean of the projections in group g (section 2.1): (heads·K, D) → (pooled·K, D)."""
    return weight.unflatten(0, (pooled, heads // pooled, -1)).mean(dim=1).flatten(0, 1)


class GroupedQueryAttention(nn.Module):
    """Multi-head attention with a key/value cache H/G times smaller; ``attend`` mixes the values."""

    def __init__(
        self,
        width: int,
        heads: int,
        kv_heads: int,
        head_width: int,
        position: PositionScheme | None = None,
        attend: Attend = scaled_dot_product,
    ) -> None:
        super().__init__()
        if heads % kv_heads:
            raise ValueError(f"{heads} query heads do not divide into {kv_heads} groups")
        self.heads, self.kv_heads = heads, kv_heads
        self.position = position or NoPosition()
        self.attend = attend
        self.to_q = nn.Linear(width, heads * head_width, bias=False)
        self.to_k = nn.Linear(width, kv_heads * head_width, bias=False)
        self.to_v = nn.Linear(width, kv_heads * head_width, bias=False)
        self.to_out = nn.Linear(heads * head_width, width, bias=False)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        cache: LayerCache | None = None,
        edit: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, MultiHeadTrace]:
        """Attend over x and what the cache holds; ``edit`` may change the heads' outputs (B, H, T, K)."""
        seen = torch.arange(x.shape[1] + (len(cache) if cache is not None else 0), device=x.device)  # (S,)
        now = seen[-x.shape[1] :]  # (T,)
        q = self.position.turn(split_heads(self.to_q(x), self.heads), now)  # (B, H, T, K)
        k = self.position.turn(split_heads(self.to_k(x), self.kv_heads), now)  # (B, G, T, K)
        v = split_heads(self.to_v(x), self.kv_heads)  # (B, G, T, K)
        if cache is not None:
            k, v = cache.extend(k, v)
        bias = self.position.bias(now, seen, self.heads)
        trace = self.attend(q, repeat_kv(k, self.heads), repeat_kv(v, self.heads), mask, bias)
        mixed = trace.output if edit is None else edit(trace.output)  # (B, H, T, K)
        y = self.to_out(merge_heads(mixed))  # (B, T, D)
        return y, MultiHeadTrace(q, k, v, trace.scores, trace.weights, mixed)


def pool_key_value_heads(attention: GroupedQueryAttention, kv_heads: int) -> GroupedQueryAttention:
    """The same layer with fewer key/value heads, each the mean of a group; queries and output unchanged."""
    if attention.kv_heads % kv_heads:
        raise ValueError(f"{attention.kv_heads} key/value heads do not divide into {kv_heads} groups")
    pooled = copy.deepcopy(attention)
    pooled.kv_heads = kv_heads
    for old, new in ((attention.to_k, pooled.to_k), (attention.to_v, pooled.to_v)):
        new.weight = nn.Parameter(pool_heads(old.weight.detach(), attention.kv_heads, kv_heads))
        new.out_features = len(new.weight)
    return pooled
