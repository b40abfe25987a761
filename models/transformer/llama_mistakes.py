"""Well-known slips in wiring a block of the Llama kind: every size is right, and the weights mean something else.

Papers: Su et al. 2021, "RoFormer", section 3.2.2 (neighbouring features are a pair); Touvron et al. 2023, "LLaMA",
section 2.2; Ainslie et al. 2023, "GQA", section 2. The transformers library pairs feature i with i + K/2, and converted
weights have their rows in that order.

Symbols
    x  queries or keys (B, H, T, K)      W  projection (H·K, D)      K  head width      D  width
    H  query heads      G  key/value heads      B  batch      T  tokens
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from models.attention.dot_product import Attend, scaled_dot_product
from models.position.rope import RoPE
from models.transformer.decoder import Decoder


class HalvesRoPE(RoPE):
    """Feature i is rotated with i + K/2, as in the transformers library, and not with its neighbour."""

    def turn(self, x: Tensor, positions: Tensor) -> Tensor:
        order = to_halves(x.shape[-1])
        return super().turn(x[..., order], positions)[..., order.argsort()]


def to_halves(K: int) -> Tensor:
    """0, K/2, 1, K/2 + 1, …: where the features of each pair stand when pairs are halves apart. (K,)"""
    return torch.arange(K).view(2, -1).T.flatten()


def rows_for_halves(W: Tensor, heads: int) -> Tensor:
    """The rows of a projection moved so that pairs of neighbours become pairs of halves: (H·K, D) → (H·K, D)."""
    per_head = W.unflatten(0, (heads, -1))  # (H, K, D)
    return per_head[:, to_halves(per_head.shape[1]).argsort()].flatten(0, 1)


def tiled(kv: Tensor, heads: int) -> Tensor:
    """(B, G, S, K) → (B, H, S, K): head 0 … G − 1, then again, where the weights expect each repeated in turn."""
    return kv.repeat(1, heads // kv.shape[1], 1, 1)


def for_tiled(heads: int, groups: int) -> Tensor:
    """The order of query heads with which tiling is right: head p gets the one that shares key/value head p mod G."""
    p = torch.arange(heads)
    return p % groups * (heads // groups) + p // groups


def _attentions(model: Decoder) -> list[Any]:
    return [block.attention for block in model.blocks]


def halves(model: Decoder) -> Decoder:
    """Rotary pairs as in the library, weights as in the paper."""
    for attention in _attentions(model):
        attention.position = HalvesRoPE(attention.position.base)
    return model


def halves_and_rows(model: Decoder) -> Decoder:
    """Rotary pairs as in the library, and the rows of W_Q and W_K moved to match."""
    for attention in _attentions(halves(model)):
        for projection, heads in ((attention.to_q, attention.heads), (attention.to_k, attention.kv_heads)):
            projection.weight.data = rows_for_halves(projection.weight.data, heads)
    return model


def tiled_heads(model: Decoder) -> Decoder:
    """Key/value heads tiled over the query heads, not repeated."""
    for attention in _attentions(model):
        attention.attend = _tiling(attention.kv_heads)
    return model


def tiled_heads_in_order(model: Decoder) -> Decoder:
    """Key/value heads tiled, and the query heads, with their part of W_O, in the order that fits."""
    for attention in _attentions(tiled_heads(model)):
        order = for_tiled(attention.heads, attention.kv_heads)
        q, o = attention.to_q.weight.data, attention.to_out.weight.data
        attention.to_q.weight.data = q.unflatten(0, (attention.heads, -1))[order].flatten(0, 1)
        attention.to_out.weight.data = o.unflatten(1, (attention.heads, -1))[:, order].flatten(1)
    return model


def _tiling(groups: int) -> Attend:
    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> Any:
        H = q.shape[1]
        once = slice(None, None, H // groups)  # the layer has repeated them already
        return scaled_dot_product(q, tiled(k[:, once], H), tiled(v[:, once], H), mask, bias)

    return attend


def gate_and_value_exchanged(model: Decoder) -> Decoder:
    """The two inputs of SwiGLU exchanged: W where V is expected."""
    for block in model.blocks:
        mlp: Any = block.feed_forward
        mlp.to_gate, mlp.to_value = mlp.to_value, mlp.to_gate
    return model


MISTAKES: Mapping[str, Callable[[Decoder], Decoder]] = {
    "none": lambda model: model,
    "rotary pairs in halves": halves,
    "pairs in halves, rows moved": halves_and_rows,
    "KV heads tiled": tiled_heads,
    "KV heads tiled, heads reordered": tiled_heads_in_order,
    "gate and value exchanged": gate_and_value_exchanged,
}


def mistaken(model: Decoder, mistake: str) -> Decoder:
    """A copy of the decoder with that slip; the model itself stays as it is."""
    return MISTAKES[mistake](copy.deepcopy(model))
