"""The focus of one head over many shifts: how far it spreads, and which sharpening keeps it."""

import torch
from torch import Tensor

from models.memory.addressing import sharpened, shifted

REPEATS = 20
FAR = 4.0
"""The highest sharpening that is tried for the smallest one that keeps the focus."""


def over_shifts(start: Tensor, kernel: Tensor, sharpening: float, times: int) -> Tensor:
    """The focus (N,) after 0, 1, … shifts, each followed by sharpening: (R + 1, N)."""
    found = [start]
    for _ in range(times):
        found.append(sharpened(shifted(found[-1], kernel), torch.tensor([sharpening], dtype=start.dtype)))
    return torch.stack(found)


def smallest_sharpening(start: Tensor, kernel: Tensor) -> float:
    """The least γ with which half of the weight is on one row after all shifts, by halving: 1 to 4."""
    low, high = 1.0, FAR
    keeps = lambda sharpening: over_shifts(start, kernel, sharpening, REPEATS)[-1].max() > 0.5
    if keeps(low):
        return low
    if not keeps(high):
        return float("nan")
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return high


def spread(weighting: Tensor, centre: int) -> float:
    """Variance of the row, in rows², counted round the circle from ``centre``."""
    rows = torch.arange(len(weighting))
    away = ((rows - centre + len(rows) // 2) % len(rows) - len(rows) // 2).to(weighting)
    mean = (weighting * away).sum()
    return ((weighting * away**2).sum() - mean**2).item()
