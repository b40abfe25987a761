"""Noise images whose class stands in one column: its pixels are brighter in class 1.

The class is planted; whether a network finds it depends on which pixels its windows read.

Symbols
    x  images (B, 1, N, N), N = 8      c  the column      y  classes (B,), 0 or 1
"""

import torch
from torch import Tensor

SIDE, BRIGHTER = 8, 1.5


def bright_column(count: int, column: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """x = ε + 1.5 · y in column c, with ε normal: images (B, 1, N, N) and classes (B,)."""
    y = torch.randint(2, (count,), generator=draws)
    x = torch.randn(count, 1, SIDE, SIDE, generator=draws)
    x[..., column] += BRIGHTER * y[:, None, None]
    return x, y
