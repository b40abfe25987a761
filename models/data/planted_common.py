"""Tokens of planted classes whose functions have a part in common: what a shared expert is for.

Symbols
    x  tokens (N, D)      M₀  planted for every token (D, D)      s  its share in the targets' variance
    y  targets (N, D)     M_c planted for class c (D, D)         M̄  mean of all classes' functions (D, D)
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from models.data.planted_classes import PlantedClasses, plant
from models.seeding import generator


class PlantedCommon(NamedTuple):
    """``tokens`` draws x and y = x (√s M₀ + √(1 − s) M_c); ``common_map`` is M̄, what these have in common."""

    tokens: PlantedClasses
    common_map: Tensor  # (D, D)

    def common_part(self, x: Tensor) -> Tensor:
        """x M̄: the best that can be done for a token without knowing its class. (N, D) → (N, D)"""
        return x @ self.common_map


def plant_common(
    seed: int, share: float, classes: int = 5, width: int = 8, offset: float = 1.0, noise: float = 1.5
) -> PlantedCommon:
    """Classes of equal frequency in wide clusters, so that a class is a function and not a place.

    ``offset`` is the length of what all tokens share: a gated expert without biases needs it to be linear in the rest.
    """
    planted = plant(seed, classes, width, common=offset, noise=noise, target=1.0, skew=0.0)
    draws = generator(seed + 2**20)
    for_all = torch.randn(width, width, generator=draws) / math.sqrt(width)
    mixed = math.sqrt(share) * for_all + math.sqrt(1 - share) * planted.maps
    return PlantedCommon(planted._replace(maps=mixed), mixed.mean(dim=0))
