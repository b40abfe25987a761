"""Grouped-query attention: several query heads share one key/value head.

Paper: Ainslie et al. 2023, "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head
Checkpoints", section 2. G = H is multi-head attention, G = 1 multi-query attention (Shazeer 2019).

Symbols
    x  input (B, T, D)        S  tokens seen so far, S = T without a cache
    B  batch                  D  width            H  query heads
    K  head width             G  key/value heads, H a multiple of G
"""

import torch
from torch import Tensor, nn

from models.attention.dot_product import scaled_dot_product
from models.attention.multi_head import MultiHeadTrace, join_heads, split_heads
from models.position.scheme import NoPosition, PositionScheme
from models.serving.kv_cache import LayerCache


def share(kv: Tensor, heads: int) -> Tensor:
    """Key/value head g serves the query heads g·H/G … (g+1)·H/G − 1: (B, G, S, K) → (B, H, S, K)."""
    return kv.repeat_interleave(heads // kv.shape[1], dim=1)


def pool_heads(weight: Tensor, heads: int, pooled: int) -> Tensor:
    """W'_g = mean of the projections W_h in group g (section 2.1): (heads·K, D) → (pooled·K, D)."""
    return weight.unflatten(0, (pooled, heads // pooled, -1)).mean(dim=1).flatten(0, 1)


class GroupedQueryAttention(nn.Module):
    """Attention whose key/value cache is H/G times smaller than with a key head for every query head."""

    def __init__(self, width: int, heads: int, kv_heads: int, head_width: int) -> None:
        super().__init__()
        if heads % kv_heads:
            raise ValueError(f"{heads} query heads do not divide into {kv_heads} groups")
        self.heads, self.kv_heads = heads, kv_heads
        self.to_q = nn.Linear(width, heads * head_width, bias=False)
        self.to_k = nn.Linear(width, kv_heads * head_width, bias=False)
        self.to_v = nn.Linear(width, kv_heads * head_width, bias=False)
        self.to_out = nn.Linear(heads * head_width, width, bias=False)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        position: PositionScheme = NoPosition(),
        cache: LayerCache | None = None,
    ) -> tuple[Tensor, MultiHeadTrace]:
        ...
