"""Points spread evenly over a square or over a ring in the plane, or over all colours.

Symbols
    P  points
"""

import math

import torch
from torch import Tensor

HOLE = 0.75
"""Inner radius of the ring; its outer one is 1."""


def square_points(P: int, draws: torch.Generator) -> Tensor:
    """From −1 to 1 in both directions.  (P, 2)"""
    return 2 * torch.rand(P, 2, generator=draws) - 1


def colours(P: int, draws: torch.Generator) -> Tensor:
    """Red, green and blue, each from −1 (none) to 1 (full).  (P, 3)"""
    return 2 * torch.rand(P, 3, generator=draws) - 1


def ring_points(P: int, draws: torch.Generator) -> Tensor:
    """Between the radii ``HOLE`` and 1, as many per area everywhere.  (P, 2)"""
    angle, share = torch.rand(2, P, generator=draws)
    radius = torch.sqrt(HOLE**2 + share * (1 - HOLE**2))  # (P,)
    return radius[:, None] * torch.stack([torch.cos(2 * math.pi * angle), torch.sin(2 * math.pi * angle)], -1)
