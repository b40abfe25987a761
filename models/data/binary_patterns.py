"""Patterns of −1 and 1 to be stored in a memory, and damaged ones to be recalled from.

Symbols
    R  replicas    K  patterns    N  bits    G  clusters
"""

import torch
from torch import Tensor

from models.data.digits import digits


def random_patterns(*shape: int, draws: torch.Generator, ones: float = 0.5) -> Tensor:
    """Independent bits, each 1 with probability ``ones``.  (*shape)"""
    return torch.where(torch.rand(*shape, generator=draws) < ones, 1.0, -1.0)


def neighbours_alike(*shape: int, draws: torch.Generator, alike: float) -> Tensor:
    """Each bit equals the one before it with probability ``alike``; patterns are independent.  (*shape)"""
    return random_patterns(*shape[:-1], 1, draws=draws) * random_patterns(*shape, draws=draws, ones=alike).cumprod(-1)


def clustered_patterns(K: int, N: int, size: int, apart: int, draws: torch.Generator) -> Tensor:
    """Clusters of ``size`` patterns, each of which differs from its cluster's centre in ``apart`` bits.  (K, N)"""
    centres = random_patterns(-(-K // size), N, draws=draws)  # (G, N)
    return flipped(centres.repeat_interleave(size, 0)[:K], apart, draws)


def binary_digits(count: int, draws: torch.Generator) -> Tensor:
    """Handwritten digits of the training half at random, 1 for ink and −1 for paper.  (count, 64)"""
    images = digits()[0].images.flatten(1)
    chosen = torch.randperm(len(images), generator=draws)[:count]
    return torch.where(images[chosen] > 0, 1.0, -1.0)


def flipped(patterns: Tensor, count: int, draws: torch.Generator) -> Tensor:
    """``count`` bits of each pattern, chosen at random, take the other sign.  (..., N) → (..., N)"""
    places = torch.rand(patterns.shape, generator=draws).argsort(-1)[..., :count]
    signs = torch.ones_like(patterns).scatter(-1, places, -1.0)
    return patterns * signs
