"""Masks beyond the causal one, and the mistake of masking after the softmax.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3 (masked before the softmax);
Raffel et al. 2020, "Exploring the Limits of Transfer Learning", section 3.2.1 and figure 3 (prefix);
Krell et al. 2021, "Efficient Sequence Packing without Cross-contamination" (blocks).

Symbols
    q  queries (B, H, T, K)       k, v  keys, values (B, H, S, K)       T  query positions
    B  batch     H  heads         K  head width                         S  key positions
"""

import torch
from torch import Tensor

from models.attention.dot_product import AttentionTrace, attention_scores, attention_weights, mix
from models.attention.masks import causal_mask


def padding_mask(real: Tensor) -> Tensor:
    """True where token j is real (S,) and not padding, for every query: (S, S)."""
    return real.expand(len(real), -1)


def block_mask(document: Tensor) -> Tensor:
    """True where tokens i and j belong to one document, by the documents' numbers (S,): (S, S)."""
    return document[:, None] == document


def prefix_mask(tokens: int, prefix: int) -> Tensor:
    """True where j ≤ i, or j lies in the prefix, which all may see whole: (S, S)."""
    return causal_mask(tokens) | (torch.arange(tokens) < prefix)


def masked_too_late(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> AttentionTrace:
    """M ∘ softmax(Q Kᵀ / √K): the hidden weights are struck out once they have had their share of the sum."""
    scores = attention_scores(q, k)  # (B, H, T, S)
    weights = attention_weights(scores) * mask  # (B, H, T, S)
    return AttentionTrace(scores, weights, mix(weights, v))


def masked_and_rescaled(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> AttentionTrace:
    """The same, each row divided by what is left of it: masking before the softmax by another road."""
    scores, late, _ = masked_too_late(q, k, v, mask)
    weights = late / late.sum(dim=-1, keepdim=True)  # (B, H, T, S)
    return AttentionTrace(scores, weights, mix(weights, v))
