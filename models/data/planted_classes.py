"""Tokens of a few planted classes, each with a function of its own: what a mixture of experts ought to find.

Every class is a cluster around its own direction, on top of a component that all tokens share, as in the residual
stream of a language model (Ethayarajh 2019, "How Contextual are Contextualized Word Representations?", section 4.1).
That common part is what lets one expert win every token at the start: it pushes a router's logits alike for all.

Symbols
    x  tokens (N, D)      C  classes, c the class of a token (N,)
    y  targets (N, D)     s  share of the tokens in each class (C,)
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator


class Batch(NamedTuple):
    x: Tensor  # (N, D)
    y: Tensor  # (N, D)
    classes: Tensor  # (N,)

    def to(self, device: str) -> "Batch":
        return Batch(*(tensor.to(device) for tensor in self))


class PlantedClasses(NamedTuple):
    """The truth behind the tokens."""

    common: Tensor  # (D,) what all tokens share
    centres: Tensor  # (C, D) orthogonal, one a class
    maps: Tensor  # (C, D, D) the linear function of each class
    shares: Tensor  # (C,) summing to one
    noise: float

    def draw(self, N: int, draws: torch.Generator) -> Batch:
        """N fresh tokens and what should become of them: y = x · M_c."""
        classes = torch.multinomial(self.shares, N, replacement=True, generator=draws)  # (N,)
        own = self.centres[classes] + self.noise * torch.randn(N, self.centres.shape[1], generator=draws)  # (N, D)
        x = self.common + own / math.sqrt(1 + self.noise**2)  # (N, D)
        return Batch(x, torch.einsum("nd,nde->ne", x, self.maps[classes]), classes)


def plant(
    seed: int,
    classes: int = 8,
    width: int = 16,
    common: float = 1.4,
    noise: float = 0.3,
    target: float = 0.35,
    skew: float = 0.6,
) -> PlantedClasses:
    """Classes of the i-th frequency ∝ i^(−skew), directions of length √D, targets of deviation ``target`` a feature."""
    if classes > width:
        raise ValueError(f"takes at most as many classes as features, got {classes} classes in width {width}")
    draws = generator(seed)
    directions, _ = torch.linalg.qr(torch.randn(width, width, generator=draws))
    shared = torch.randn(width, generator=draws)
    frequencies = torch.arange(1, classes + 1).pow(-skew)
    return PlantedClasses(
        common=common * math.sqrt(width) * shared / shared.norm(),
        centres=math.sqrt(width) * directions[:classes],
        maps=target * torch.randn(classes, width, width, generator=draws) / math.sqrt(width),
        shares=frequencies / frequencies.sum(),
        noise=noise,
    )
