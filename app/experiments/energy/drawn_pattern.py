"""A drawing as a pattern of −1 and 1, and how many of its bits a share of damage flips."""

import torch
from torch import Tensor

from app.experiments.drawing import SIDE, read_drawing

N = SIDE * SIDE
"""Units: one per pixel."""


def on_paper(text: str) -> Tensor:
    """A drawing as −1 (paper) and 1 (ink).  (N,)"""
    return torch.where(read_drawing(text).flatten() > 0.5, 1.0, -1.0)


def flips(damage: int) -> int:
    """Of N bits, so many per cent."""
    return round(damage * N / 100)
