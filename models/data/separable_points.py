"""Points in the plane on two sides of a line that is known, with nothing nearer to it than a gap.

Symbols
    S  sets        N  points of a set        f  share of flipped labels
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator


class LabelledPoints(NamedTuple):
    x: Tensor  # (S, N, 2)
    y: Tensor  # (S, N) −1 or +1, the side of the line
    line: Tensor  # (S, 3) unit normal and offset of the line that the points were made by


def separable(S: int, N: int, gap: Tensor, seed: int, offset: float = 0.5) -> LabelledPoints:
    """Normal points, pushed away from a random line by ``gap`` (S, N): no point is nearer to it."""
    draws = generator(seed)
    angle = 2 * math.pi * torch.rand(S, generator=draws, dtype=torch.double)  # (S,)
    normal = torch.stack([angle.cos(), angle.sin()], dim=-1)  # (S, 2)
    distance = offset * (2 * torch.rand(S, generator=draws, dtype=torch.double) - 1)  # (S,)
    x = torch.randn(S, N, 2, generator=draws, dtype=torch.double)  # (S, N, 2)
    side = torch.where((x * normal[:, None]).sum(dim=-1) + distance[:, None] >= 0, 1.0, -1.0).double()  # (S, N)
    return LabelledPoints(
        x + (gap * side)[..., None] * normal[:, None], side, torch.cat([normal, distance[:, None]], dim=-1)
    )


def flipped(y: Tensor, share: Tensor, seed: int) -> Tensor:
    """The labels y (S, N) with ``share`` (S,) of each set flipped; what a small share flips a larger one flips too."""
    S, N = y.shape
    rank = torch.rand(S, N, generator=generator(seed)).argsort(dim=-1).argsort(dim=-1)  # (S, N)
    return torch.where(rank < (share * N).round()[:, None], -y, y)
