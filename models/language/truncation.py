"""Other ways to cut a distribution, and how well a cut fits what is possible.

Papers: Hewitt et al. 2022, "Truncation Sampling as Language Model Desmoothing" (epsilon: one threshold for all
contexts); Holtzman et al. 2019, "The Curious Case of Neural Text Degeneration" (the nucleus includes
the token that crosses p).

Symbols
    z  logits (B, V), −∞ for a token that is ruled out     p  probabilities (B, V)      H  entropy of p, nats (B)
    K  tokens kept     Q  tokens that are possible, both (B, V), True or False          B  contexts     V  vocabulary
"""

import math

import torch
from torch import Tensor

from models.layers.softmax import entropy


def top_each(z: Tensor, k: Tensor) -> Tensor:
    """Keep the kᵢ largest logits of row i: z (B, V), k (B) whole numbers from 1."""
    order = z.argsort(dim=-1, descending=True).argsort(dim=-1)  # (B, V)
    return z.masked_fill(order >= k[:, None], -math.inf)


def choices_by_entropy(z: Tensor) -> Tensor:
    """round(exp H), at least 1: as many tokens as a uniform choice of that entropy has.  (B)"""
    return entropy(z.softmax(dim=-1)).exp().round().clamp(1).long()


def nucleus_without_crossing(z: Tensor, p: float) -> Tensor:
    """Keep tokens while their probabilities add up to no more than p: a slip that drops the one that crosses p.

    Where the first token alone exceeds p nothing would be kept; it is kept then, as libraries do.
    """
    probabilities, order = z.softmax(dim=-1).sort(dim=-1, descending=True, stable=True)
    outside = probabilities.cumsum(dim=-1) > p  # (B, V)
    outside[..., 0] = False
    return z.masked_fill(torch.zeros_like(outside).scatter(-1, order, outside), -math.inf)


def epsilon(z: Tensor, threshold: float) -> Tensor:
    """Keep tokens with p ≥ ε, the same in every context, and always the likeliest."""
    p = z.softmax(dim=-1)
    return z.masked_fill((p < threshold) & (p < p.amax(dim=-1, keepdim=True)), -math.inf)


def matched_threshold(z: Tensor, kept: float) -> float:
    """The ε at which the contexts z (B, V) keep that many tokens on average: bisection of its logarithm."""
    low, high = math.log(1e-9), 0.0
    for _ in range(40):
        middle = (low + high) / 2
        many = epsilon(z, math.exp(middle)).isfinite().sum(dim=-1).double().mean() > kept
        low, high = (middle, high) if many else (low, middle)
    return math.exp(high)


def misfit(kept: Tensor, possible: Tensor) -> Tensor:
    """1 − |K ∩ Q| / |K ∪ Q|: 0 if exactly the possible tokens are kept, 1 if none of them is.  (B)"""
    both, either = (kept & possible).sum(dim=-1), (kept | possible).sum(dim=-1)
    return 1 - both / either


def misfit_of_first(possible: Tensor, kept: Tensor) -> Tensor:
    """The same if the first ``kept`` (B) tokens are kept, of ``possible`` (B, V) in the order of their logits.  (B)"""
    both = possible.cumsum(dim=-1).gather(-1, kept[:, None] - 1)[:, 0]
    return 1 - both / (kept + possible.sum(dim=-1) - both)


def impossible_mass(z: Tensor, possible: Tensor) -> Tensor:
    """Probability of the tokens that are not possible.  (B)"""
    return (z.softmax(dim=-1) * ~possible).sum(dim=-1)
