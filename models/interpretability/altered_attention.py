"""A trained model with a part of its attention replaced: what breaks shows what the part was for.

Papers: Jain & Wallace 2019, "Attention is not Explanation", section 4.2 (shuffled weights);
Wiegreffe & Pinter 2019, "Attention is not not Explanation", section 3.2 (even weights).

Symbols
    scores  (B, H, T, S), −∞ where masked        w  weights (B, H, T, S)
    q, k, v (B, H, T or S, K), the key/value heads already shared out
    B  batch     H  heads     T  tokens that ask     S  tokens that answer     K  head width
"""

import copy
from collections.abc import Callable
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


def even_weights(scores: Tensor) -> Tensor:
    """w = 1 / n over the n tokens in sight, whatever their scores."""
    return attention_weights(scores.where(scores.isneginf(), 0))


def undivided_weights(scores: Tensor) -> Tensor:
    """w = exp(score), not divided by their sum: positive, but no shares of one whole."""
    return scores.exp()


def strongest_weights(scores: Tensor) -> Tensor:
    """w = 1 on the largest score, 0 elsewhere."""
    return torch.zeros_like(scores).scatter(-1, scores.argmax(dim=-1, keepdim=True), 1)


def one_map_weights(scores: Tensor) -> Tensor:
    """The mean of the heads' weights, given to every head: H heads, one map."""
    return attention_weights(scores).mean(dim=1, keepdim=True).expand_as(scores)


def shuffled_weights(scores: Tensor, seed: int) -> Tensor:
    """The weights of each query, dealt out anew among the tokens in its sight."""
    lots = torch.rand(scores.shape, generator=generator(seed)).to(scores.device)
    drawn = lots.where(~scores.isneginf(), torch.inf).argsort(dim=-1)  # those in sight first, in random order
    in_sight = scores.isneginf().to(torch.uint8).argsort(dim=-1, stable=True)  # those in sight first, in their order
    weights = attention_weights(scores)
    return torch.zeros_like(weights).scatter(-1, in_sight, weights.gather(-1, drawn))


def weighing(weigh: Callable[[Tensor], Tensor]) -> Attend:
    """Attention that makes its weights from the masked scores by ``weigh`` and not by softmax."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        scores = attention_scores(q, k)  # (B, H, T, S)
        scores = masked(scores if bias is None else scores + bias, mask)  # (B, H, T, S)
        weights = weigh(scores)  # (B, H, T, S)
        return AttentionTrace(scores, weights, mix(weights, v))

    return attend


def swapped(x: Tensor, one: int, other: int) -> Tensor:
    """Keys or values (..., S, K) in which two tokens have exchanged theirs."""
    order = torch.arange(x.shape[-2], device=x.device)  # (S,)
    order[[one, other]] = order[[other, one]]
    return x.index_select(-2, order)


def swapping(one: int, other: int, keys: bool = False, values: bool = False) -> Attend:
    """Attention to which two tokens come with each other's key, or value, or both."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        k = swapped(k, one, other) if keys else k
        v = swapped(v, one, other) if values else v
        return scaled_dot_product(q, k, v, mask, bias)

    return attend


def altered(model: M, choose: Callable[[int, GroupedQueryAttention], Attend]) -> M:
    """The same model, with the ``attend`` of every layer chosen anew, layers counted from 0; it shares all weights."""
    changed = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
    layers = [module for module in changed.modules() if isinstance(module, GroupedQueryAttention)]
    for number, layer in enumerate(layers):
        layer.attend = choose(number, layer)
    return changed
