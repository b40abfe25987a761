"""Waves that die away, looked at now and then.

Symbols
    B  sequences      T  looks      y  what is seen (B, T)      Δ  seconds until the next look (B, T)
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

MEAN_GAP = 0.3


class Waves(NamedTuple):
    """Sequences; ``target`` is what the next look sees."""

    y: Tensor  # (B, T)
    until_next: Tensor  # (B, T)
    target: Tensor  # (B, T)
    times: Tensor  # (B, T) of the looks


def waves(B: int, T: int, draws: torch.Generator) -> Waves:
    """y(t) = exp(−d t) sin(ω t + φ) with a decay, a frequency and a phase of each sequence's own."""
    decay = 0.05 + 0.15 * torch.rand(B, 1, generator=draws)  # (B, 1)
    speed = 2.0 + torch.rand(B, 1, generator=draws)  # (B, 1)
    phase = 2 * math.pi * torch.rand(B, 1, generator=draws)  # (B, 1)
    gaps = MEAN_GAP * (0.2 + 1.6 * torch.rand(B, T, generator=draws))  # (B, T)
    times = torch.cat([torch.zeros(B, 1), gaps.cumsum(1)], 1)  # (B, T + 1)
    y = torch.exp(-decay * times) * torch.sin(speed * times + phase)  # (B, T + 1)
    return Waves(y[:, :-1], gaps, y[:, 1:], times[:, :-1])
