"""A trained model with a part of its attention replaced: what breaks shows what the part was for.

Papers: Jain & Wallace 2019, "Attention is not Explanation", section 4.2 (shuffled weights);
Wiegreffe & Pinter 2019, "Attention is not not Explanation", section 3.2 (uniform weights).

Symbols
    scores  (B, H, T, S), −∞ where masked        w  weights (B, H, T, S)
    q, k, v (B, H, T or S, K), the key/value heads already repeated for the query heads
    B  batch     H  heads     T  query positions     S  key positions     K  head width
"""

import copy
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

from models.attention.dot_product import (
    Attend,
    AttentionTrace,
    attention_scores,
    attention_weights,
    masked,
    mix,
    scaled_dot_product,
)
from models.attention.grouped_query import GroupedQueryAttention
from models.seeding import generator

M = TypeVar("M", bound=nn.Module)


def uniform_weights(scores: Tensor) -> Tensor:
    """w = 1 / n over the n visible tokens, whatever their scores."""
    return attention_weights(scores.where(scores.isneginf(), 0))


def unnormalised_weights(scores: Tensor) -> Tensor:
    """w = exp(score), not divided by their sum: positive, but they do not sum to 1."""
    return scores.exp()


def strongest_weights(scores: Tensor) -> Tensor:
    """w = 1 on the largest score, 0 elsewhere."""
    return torch.zeros_like(scores).scatter(-1, scores.argmax(dim=-1, keepdim=True), 1)


def one_map_weights(scores: Tensor) -> Tensor:
    """The mean of the heads' weights, given to every head: H heads, one map."""
    return attention_weights(scores).mean(dim=1, keepdim=True).expand_as(scores)


def shuffled_weights(scores: Tensor, seed: int) -> Tensor:
    """The weights of each query, in random order over the tokens that it can see."""
    random = torch.rand(scores.shape, generator=generator(seed)).to(scores.device)
    drawn = random.where(~scores.isneginf(), torch.inf).argsort(dim=-1)  # visible ones first, in random order
    visible = scores.isneginf().to(torch.uint8).argsort(dim=-1, stable=True)  # visible ones first, in their order
    weights = attention_weights(scores)
    return torch.zeros_like(weights).scatter(-1, visible, weights.gather(-1, drawn))


def shuffled_in(scores: Tensor, heads: Sequence[int], seed: int) -> Tensor:
    """The softmax's weights, in random order in some of the heads."""
    weights = attention_weights(scores).clone()
    weights[:, heads] = shuffled_weights(scores, seed)[:, heads]
    return weights


def weighing(weigh: Callable[[Tensor], Tensor]) -> Attend:
    """Attention whose weights are ``weigh`` of the masked scores, not their softmax."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        scores = attention_scores(q, k)  # (B, H, T, S)
        scores = masked(scores if bias is None else scores + bias, mask)  # (B, H, T, S)
        weights = weigh(scores)  # (B, H, T, S)
        return AttentionTrace(scores, weights, mix(weights, v))

    return attend


def withholding(heads: Sequence[int], position: Tensor) -> Attend:
    """Attention in which the last query of some heads may not attend to a key, ``position`` (B,); the rest is renewed
    by the softmax.
    """

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        B, H, T, S = *q.shape[:3], k.shape[-2]
        allowed = torch.ones(B, H, T, S, dtype=torch.bool, device=q.device)
        for head in heads:
            allowed[torch.arange(B, device=q.device), head, -1, position.to(q.device)] = False
        return scaled_dot_product(q, k, v, allowed if mask is None else allowed & mask, bias)

    return attend


def patched(keys: Tensor | None = None, values: Tensor | None = None, queries: Tensor | None = None) -> Attend:
    """Attention whose queries, keys or values (B, H, T or S, K) come from a run on another text of the same length."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        own_or = lambda own, other: own if other is None else other
        return scaled_dot_product(own_or(q, queries), own_or(k, keys), own_or(v, values), mask, bias)

    return attend


def altered(model: M, choose: Callable[[int, GroupedQueryAttention], Attend]) -> M:
    """The same model, with the ``attend`` of every layer chosen anew, layers counted from 0; it shares all weights."""
    changed = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
    layers = [module for module in changed.modules() if isinstance(module, GroupedQueryAttention)]
    for number, layer in enumerate(layers):
        layer.attend = choose(number, layer)
    return changed
