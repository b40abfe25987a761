"""Images of random signs, and for every pixel the signs of those some distances to its right.

Nothing but the pixel itself tells its sign: a network that cannot read it is right in half of the cases.

Symbols
    x  images (B, 1, N, M) of −1 and 1      t  targets (B, R, N, M − R + 1)      R  distances 0, 1, … R − 1
"""

import torch
from torch import Tensor


def signs(count: int, height: int, width: int, draws: torch.Generator) -> Tensor:
    """x(i, j) is −1 or 1, each with probability ½. (B, 1, N, M)"""
    return 2.0 * torch.randint(2, (count, 1, height, width), generator=draws) - 1


def to_the_right(x: Tensor, distances: int) -> Tensor:
    """t(r, i, j) = 1 if x(i, j + r) > 0, else 0. (B, R, N, M − R + 1)"""
    inside = x.shape[-1] - distances + 1
    return torch.stack([x[:, 0, :, r : r + inside] > 0 for r in range(distances)], dim=1).float()
