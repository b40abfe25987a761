"""Softmax and its weighted mean in one pass: a largest score and a sum that are corrected as the scores come in.

Papers: Milakov & Gimelshein 2018, "Online normalizer calculation for softmax", sections 3 and 3.1 (pieces);
Rabe & Staats 2021, "Self-attention Does Not Need O(n²) Memory", section 2 (the weighted mean carried along).

Symbols
    s  scores (..., T, S)     m  largest score so far (..., T)      o  Σ exp(s − m) v so far (..., T, K)
    v  values (..., S, K)     d  Σ exp(s − m) so far (..., T)       T  rows that ask     S  scores of a row
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Rescale = Callable[[Tensor, Tensor], Tensor]
"""Old and new largest score → the factor on everything summed so far."""


class Running(NamedTuple):
    """All that has to be kept of the scores seen so far."""

    m: Tensor  # (..., T)
    d: Tensor  # (..., T)
    o: Tensor  # (..., T, K)


def rescaling(old: Tensor, new: Tensor) -> Tensor:
    """exp(m − m'): 1 unless a larger score has come, 0 as long as none had come at all."""
    return torch.where(old == new, 1.0, (old - new).exp())


def no_rescaling(old: Tensor, new: Tensor) -> Tensor:
    """1, as if powers of different maxima could be added. They cannot."""
    return torch.ones_like(new)


def nothing_yet(rows: Tensor, width: int) -> Running:
    """m = −∞, d = 0, o = 0 for as many rows as ``rows`` (..., T) has."""
    return Running(torch.full_like(rows, -torch.inf), torch.zeros_like(rows), rows.new_zeros(*rows.shape, width))


def fold(state: Running, s: Tensor, v: Tensor, rescale: Rescale = rescaling) -> Running:
    """m' = max(m, max s), d' = d · exp(m − m') + Σ exp(s − m'), o' = o · exp(m − m') + Σ exp(s − m') v."""
    m = torch.maximum(state.m, s.amax(dim=-1))
    powers = (s - m.where(m.isfinite(), 0.0)[..., None]).exp()  # nothing visible so far: exp(−∞) and not 0/0
    factor = rescale(state.m, m)
    return Running(m, state.d * factor + powers.sum(dim=-1), state.o * factor[..., None] + powers @ v)


def merge(one: Running, other: Running, rescale: Rescale = rescaling) -> Running:
    """Two pieces of a row, in any order: both are rescaled to the larger m and added."""
    m = torch.maximum(one.m, other.m)
    mine, theirs = rescale(one.m, m), rescale(other.m, m)
    return Running(
        m, one.d * mine + other.d * theirs, one.o * mine[..., None] + other.o * theirs[..., None]
    )  # fmt: skip


def weighted_mean(state: Running) -> Tensor:
    """o / d = softmax(s) · v over all scores folded in: (..., T, K)."""
    return state.o / state.d[..., None]


class Steps(NamedTuple):
    """The recurrence after each score. N is the number of scores, (...) any leading axes."""

    m: Tensor  # (..., N)
    d: Tensor  # (..., N)
    factor: Tensor  # (..., N) on what had been summed before


def summed(d: Tensor, factor: Tensor, score: Tensor, m: Tensor) -> Tensor:
    """dⱼ = dⱼ₋₁ · exp(mⱼ₋₁ − mⱼ) + exp(zⱼ − mⱼ): what was summed is shrunk to the new largest score, then added to."""
    return d * factor + (score - m).exp()


def one_pass(z: Tensor, rescale: Rescale = rescaling) -> Steps:
    """mⱼ = max(mⱼ₋₁, zⱼ), and dⱼ with it, from the first score of (..., N) to the last."""
    m, d = torch.full_like(z[..., 0], -torch.inf), torch.zeros_like(z[..., 0])
    steps = []
    for score in z.unbind(dim=-1):
        larger = torch.maximum(m, score)
        factor = rescale(m, larger)
        m, d = larger, summed(d, factor, score, larger)
        steps.append((m, d, factor))
    return Steps(*(torch.stack(kind, dim=-1) for kind in zip(*steps)))


def probabilities(z: Tensor, steps: Steps) -> Tensor:
    """pᵢ = exp(zᵢ − m) / d with m and d after the last score: the second pass only writes. (..., N)"""
    return (z - steps.m[..., -1:]).exp() / steps.d[..., -1:]


def online_softmax(z: Tensor, rescale: Rescale = rescaling) -> Tensor:
    """Both passes: (..., N) → (..., N)."""
    return probabilities(z, one_pass(z, rescale))
