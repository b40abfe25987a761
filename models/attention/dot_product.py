"""Scaled dot-product attention: compare, normalise, mix.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1, equation 1.

Symbols
    q  queries (B, H, T, K)   k  keys (B, H, S, K)     v  values (B, H, S, K)
    B  batch                  H  heads                 K  head width
    T  query positions        S  key positions (S = T unless keys come from a cache or another text)
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class AttentionTrace(NamedTuple):
    """The three steps of attention, in their order. A score of −∞ was masked."""

    scores: Tensor  # (B, H, T, S)
    weights: Tensor  # (B, H, T, S)
    output: Tensor  # (B, H, T, K)


Attend = Callable[[Tensor, Tensor, Tensor, Tensor | None, Tensor | None], AttentionTrace]
"""q, k, v, mask, bias → the trace: what a layer may be given in place of ``scaled_dot_product``."""


def attention_scores(q: Tensor, k: Tensor) -> Tensor:
    """Q Kᵀ / √K: the division keeps the variance of a score at one however wide the head."""
    return q / math.sqrt(q.shape[-1]) @ k.transpose(-2, -1)


def mask_bias(mask: Tensor) -> Tensor:
    """0 where the mask is True and −∞ where it is False, so that the weight there is exactly 0 after the softmax."""
    return torch.where(mask, 0.0, -math.inf)


def masked(scores: Tensor, mask: Tensor | None) -> Tensor:
    """The scores, with −∞ added where the mask is False."""
    return scores if mask is None else scores + mask_bias(mask)


def biased_scores(q: Tensor, k: Tensor, bias: Tensor) -> Tensor:
    """Q Kᵀ / √K + B in one pass: to write a map of T · S numbers again costs as much as to compute it."""
    maps = *q.shape[:-1], k.shape[-2]  # B, H, T, S, or without the batch
    bias = bias.to(q.dtype).expand(maps).flatten(0, -3)
    scale = 1 / math.sqrt(q.shape[-1])
    return torch.baddbmm(bias, q.flatten(0, -3), k.flatten(0, -3).mT, alpha=scale).view(maps)


def attention_weights(scores: Tensor) -> Tensor:
    """softmax over the S keys: every query spends a total weight of one."""
    return scores.softmax(dim=-1)


def mix(weights: Tensor, v: Tensor) -> Tensor:
    """Σₛ wₛ vₛ: each query receives the weighted mean of the values."""
    return weights @ v


def scaled_dot_product(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, bias: Tensor | None = None
) -> AttentionTrace:
    """Attention(Q, K, V) = softmax(Q Kᵀ / √K + bias) V over the keys that the mask allows.

    ``mask`` (True where a query may look) and ``bias`` (added to the scores) broadcast to (B, H, T, S).
    A query that may look nowhere gets NaN weights: every mask here lets it see itself.
    """
    if mask is not None:
        bias = mask_bias(mask) if bias is None else bias + mask_bias(mask)
    scores = attention_scores(q, k) if bias is None else biased_scores(q, k, bias)  # (B, H, T, S)
    weights = attention_weights(scores)  # (B, H, T, S)
    mixed = mix(weights, v)  # (B, H, T, K)
    return AttentionTrace(scores, weights, mixed)
