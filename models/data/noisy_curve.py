"""Noisy points of one smooth curve, at inputs from given stretches of the axis.

Symbols
    x  inputs (P)    y  targets (P)    σ  standard deviation of the noise
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

NOISE = 0.1

Stretch = tuple[float, float]


class NoisyPoints(NamedTuple):
    x: Tensor  # (P,)
    y: Tensor  # (P,)


def curve(x: Tensor) -> Tensor:
    """y = sin(2.5 x) + 0.3 x: what the points would be without noise. (P)"""
    return torch.sin(2.5 * x) + 0.3 * x


def noisy_points(count: int, stretches: Sequence[Stretch], draws: torch.Generator, noise: float = NOISE) -> NoisyPoints:
    """``count`` points, equally many from each stretch; inputs uniform, targets with normal noise.

    Raises:
        ValueError: unless the count divides by the number of stretches.
    """
    if count % len(stretches):
        raise ValueError(f"count: takes multiples of {len(stretches)}; it is {count}")
    each = count // len(stretches)
    parts = [low + (high - low) * torch.rand(each, generator=draws) for low, high in stretches]
    x = torch.cat(parts)  # (P,)
    return NoisyPoints(x, curve(x) + noise * torch.randn(count, generator=draws))
