"""How nearly orthogonal many random vectors are, by the number of dimensions.

The limit is a union bound: one pair of independent normal vectors has P(|c| > t) ≤ 2 exp(−d t² / 2), nearly, and at the
limit the V² / 2 pairs together are expected to exceed it once.

Symbols
    x  vectors, one per row (V, d)      c  cosine of a pair      V  vectors      d  dimensions
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import normalize

from models.seeding import generator


def largest_similarity(x: Tensor) -> Tensor:
    """max over pairs i ≠ j of |xᵢ · xⱼ| / (‖xᵢ‖ ‖xⱼ‖): (V, d) → ()"""
    unit = normalize(x, dim=1)  # (V, d)
    c = (unit @ unit.T).abs().fill_diagonal_(0)  # (V, V)
    return c.max()


def expected_limit(V: int, d: int) -> float:
    """√(2 ln V² / d): the largest similarity of V random vectors is below it with high probability."""
    return math.sqrt(2 * math.log(V**2) / d)


def recovered_share(x: Tensor, noise: float, seed: int) -> Tensor:
    """The share of vectors (V, d) that are still the nearest to themselves under noise ``noise`` times as long: ()."""
    unit = normalize(x, dim=1)  # (V, d)
    added = torch.randn(unit.shape, generator=generator(seed)) * noise / math.sqrt(x.shape[1])  # (V, d)
    nearest = ((unit + added) @ unit.T).argmax(dim=1)  # (V,)
    return (nearest == torch.arange(len(x))).float().mean()


def normal_vectors(V: int, d: int, seed: int) -> Tensor:
    """Independent normal numbers: (V, d)."""
    return torch.randn(V, d, generator=generator(seed))


def random_signs(V: int, d: int, seed: int) -> Tensor:
    """Every number is 1 or −1: (V, d)."""
    return normal_vectors(V, d, seed).sign()


def all_positive(V: int, d: int, seed: int) -> Tensor:
    """Numbers uniform from 0 to 1, so that all vectors point to one side: (V, d)."""
    return torch.rand(V, d, generator=generator(seed))
