"""Clips of a square that moves at constant speed and bounces off the walls; where it is is known exactly.

Symbols
    B  clips     F = 8  frames     N = 12  side of a frame in pixels     c  centre, down and right, in pixels (B, F, 2)
"""

from typing import NamedTuple

import torch
from torch import Tensor

FRAMES, SIDE, HALF = 8, 12, 1.5
SLOWEST, FASTEST = 0.5, 1.5
"""Pixels per frame, in each direction."""


class Clips(NamedTuple):
    frames: Tensor  # (B, F, N, N) share of each pixel that the square covers
    centres: Tensor  # (B, F, 2)
    bounced: Tensor  # (B, F) True once it has turned


def drawn(centres: Tensor) -> Tensor:
    """The share of each pixel that a square of side 3 covers: centres (..., 2) → (..., N, N)."""
    edges = torch.arange(SIDE, dtype=torch.float)  # (N,)
    low, high = centres[..., None] - HALF, centres[..., None] + HALF  # (..., 2, 1)
    covered = (torch.minimum(edges + 1, high) - torch.maximum(edges, low)).clamp(0, 1)  # (..., 2, N)
    return covered[..., 0, :, None] * covered[..., 1, None, :]


def moving_square(count: int, draws: torch.Generator) -> Clips:
    """Start and speed at random; a wall reflects."""
    room = SIDE - 2 * HALF
    start = room * torch.rand(count, 1, 2, generator=draws)  # (B, 1, 2)
    speed = SLOWEST + (FASTEST - SLOWEST) * torch.rand(count, 1, 2, generator=draws)  # (B, 1, 2)
    speed = speed * (2 * torch.randint(2, speed.shape, generator=draws) - 1)
    free = start + speed * torch.arange(FRAMES)[:, None]  # (B, F, 2) without walls
    folded = free.remainder(2 * room)
    centres = HALF + torch.where(folded > room, 2 * room - folded, folded)  # (B, F, 2)
    turned = ((free < 0) | (free > room)).any(-1)  # (B, F)
    return Clips(drawn(centres), centres, turned)
