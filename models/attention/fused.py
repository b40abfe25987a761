"""Attention that nobody looks into: the same outputs by torch's own kernel, which keeps no scores and no weights.

Paper: Dao et al. 2022, "FlashAttention", section 3.1, of which torch's kernel for the CPU is a relative; the file
``flash.py`` has its steps. Behind a causal mask the half of the maps that lies in the future is never computed.

Symbols
    q  queries (B, H, T, K)       k, v  keys and values (B, H, S, K), the key/value heads already shared out
"""

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from models.attention.dot_product import AttentionTrace, mask_bias
from models.attention.masks import causal_mask
from models.interpretability.altered_attention import altered

M = TypeVar("M", bound=nn.Module)


def fused(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, bias: Tensor | None = None) -> AttentionTrace:
    """softmax(Q Kᵀ / √K + bias) V. The trace holds the outputs alone: there never are any scores or weights."""
    T, S = q.shape[-2], k.shape[-2]
    causal = bias is None and mask is not None and T == S and torch.equal(mask, causal_mask(T, device=q.device))
    added = bias if mask is None else mask if bias is None else bias + mask_bias(mask)
    mixed = scaled_dot_product_attention(q, k, v, attn_mask=None if causal else added, is_causal=causal)  # (B, H, T, K)
    nothing = mixed.new_empty(0)
    return AttentionTrace(nothing, nothing, mixed)


def unwatched(model: M) -> M:
    """The model, its weights shared, without a trace of scores and weights."""
    return altered(model, lambda number, layer: fused)
