"""Tones of four pitches, an octave apart, with noise; the same second of sound sampled finely or coarsely.

Symbols
    B  rows        T  samples
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

PITCHES = (3.0, 6.0, 12.0, 24.0)
"""Cycles in the whole sound."""

SAMPLES = 128
NOISE = 0.3


class Tones(NamedTuple):
    """What is heard, and which of the pitches it is."""

    u: Tensor  # (B, T)
    classes: Tensor  # (B,)


def tones(rows: int, draws: torch.Generator, samples: int = SAMPLES) -> Tones:
    """Random phase, a pitch up to 12 % off, noise on every sample."""
    classes = torch.randint(len(PITCHES), (rows,), generator=draws)
    off = 0.12 * (2 * torch.rand(rows, 1, generator=draws) - 1)
    phase = 2 * math.pi * torch.rand(rows, 1, generator=draws)
    cycles = torch.tensor(PITCHES)[classes][:, None] * (1 + off)
    time = (torch.arange(samples) + 0.5) / samples
    noise = NOISE * torch.randn(rows, samples, generator=draws)
    return Tones((2 * math.pi * cycles * time + phase).sin() + noise, classes)
