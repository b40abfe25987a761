"""The masked score with a finite fill in place of −∞, as many programs write it, in any floating-point format.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3 (where it is −∞).

Symbols
    x  tokens (B, T, D)      W  the projections to queries, keys and values (3, H, D, K)
    B  batch   H  heads      T  tokens     D  width      K  head width      m  the fill, a large negative number
"""

import torch
from torch import Tensor

from models.attention.dot_product import AttentionTrace, attention_scores, attention_weights, mix


def filled(scores: Tensor, allowed: Tensor, fill: float) -> Tensor:
    """s + m where a query may not look, in the scores' own precision: m too large for it becomes −∞."""
    added = torch.as_tensor(fill, dtype=torch.float64).to(scores)
    return scores + torch.where(allowed, torch.zeros_like(added), added)


def attention_with_fill(x: Tensor, projections: Tensor, allowed: Tensor, fill: float) -> AttentionTrace:
    """softmax(Q Kᵀ / √K + m on the forbidden) V, self-attention of x."""
    q, k, v = torch.einsum("btd,phdk->pbhtk", x, projections)
    scores = filled(attention_scores(q, k), allowed, fill)  # (B, H, T, T)
    weights = attention_weights(scores)  # (B, H, T, T)
    mixed = mix(weights, v)  # (B, H, T, K)
    return AttentionTrace(scores, weights, mixed)
