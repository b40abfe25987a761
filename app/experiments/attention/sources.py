"""Where attention's numbers come from: the chain from a query's output back to queries and keys."""

from typing import NamedTuple

from torch import Tensor

from app.provenance.origin import Computed
from models.attention.dot_product import attention_scores, attention_weights, masked, mix
from models.attention.grouped_query import repeat_kv
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadTrace


class AttentionOrigins(NamedTuple):
    """One layer, its key/value heads shared out: q, k, v (B, H, T or S, K), and what is made of them."""

    q: Tensor
    k: Tensor
    v: Tensor
    scores: Computed  # (B, H, T, S), masked
    weights: Computed  # (B, H, T, S)
    output: Computed  # (B, H, T, K)


def origins_of(trace: MultiHeadTrace, mask: Tensor | None = None) -> AttentionOrigins:
    """``mask`` is the causal one if none is given."""
    H, T = trace.weights.shape[1:3]
    q, k, v = trace.q, repeat_kv(trace.k, H), repeat_kv(trace.v, H)
    weights = weights_of(q, k, causal_mask(T) if mask is None else mask, trace.weights)
    output = Computed(trace.output, mix, {"weights": weights, "v": v})
    return AttentionOrigins(q, k, v, weights.given["scores"], weights, output)


def weights_of(q: Tensor, k: Tensor, mask: Tensor, weights: Tensor) -> Computed:
    """Weights (..., T, S) of masked scores, of queries and keys."""
    raw = Computed(attention_scores(q, k), attention_scores, {"q": q, "k": k})
    scores = Computed(masked(raw.tensor, mask), masked, {"scores": raw, "mask": mask})
    return Computed(weights, attention_weights, {"scores": scores})
