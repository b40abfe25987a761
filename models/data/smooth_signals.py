"""Random signals without frequencies above a limit, which fixes how many numbers one of them amounts to.

Symbols
    M  signals        S  samples
"""

import math

import torch
from torch import Tensor

WAVES = 24


def smooth_signals(rows: int, samples: int, per_sample: float, draws: torch.Generator) -> Tensor:
    """Sums of waves with at most ``per_sample`` cycles a sample, of normal size and any phase; variance 1.  (M, S)"""
    on = {"generator": draws, "dtype": torch.double}
    cycles = per_sample * torch.rand(rows, WAVES, 1, **on)
    phase = 2 * math.pi * torch.rand(rows, WAVES, 1, **on)
    size = torch.randn(rows, WAVES, 1, **on) * (2 / WAVES) ** 0.5
    waves = size * (2 * math.pi * cycles * torch.arange(samples) + phase).cos()  # (M, W, S)
    return waves.sum(dim=1)
