"""Smooth images that are known between their pixels, to learn enlarging from.

Symbols
    f  f(u, v) = Σ over 4 waves of cos(2π(α u + β v) + φ) / 2, with frequencies up to 0.15 per pixel
    u, v  coordinates, in pixels of the small image
"""

import math

import torch
from torch import Tensor

WAVES, HIGHEST = 4, 0.15


class SmoothImages:
    """``count`` functions f; ``at`` samples them on any grid."""

    def __init__(self, count: int, draws: torch.Generator) -> None:
        self.frequency = HIGHEST * (2 * torch.rand(2, count, WAVES, generator=draws) - 1)
        self.phase = 2 * math.pi * torch.rand(count, WAVES, generator=draws)

    def at(self, places: Tensor) -> Tensor:
        """Samples on the grid ``places`` × ``places``. (B, 1, N, N)"""
        down = 2 * math.pi * self.frequency[0][..., None, None] * places[:, None]  # (B, F, N, 1)
        across = 2 * math.pi * self.frequency[1][..., None, None] * places  # (B, F, 1, N)
        return ((down + across + self.phase[..., None, None]).cos().sum(dim=1) / 2)[:, None]
