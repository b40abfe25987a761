"""Waveforms as codes, for a model that predicts the next sample: tones that swing, and patterns that repeat.

Symbols
    B  waveforms        T  samples
"""

import math

import torch
from torch import Tensor

from models.tokenization.mu_law import encode

RATE = 4000
"""Samples per second."""

PITCHES = 200.0, 270.0, 360.0, 480.0
"""Of the labels 0 to 3, in Hz."""
TONE_LEVELS, MU = 64, 63.0
PATTERN_LEVELS, PERIOD = 8, 40
VIBRATO_HZ, VIBRATO_SHARE, NOISE = 5.0, 0.01, 0.01


def tones(labels: Tensor, samples: int, draws: torch.Generator) -> Tensor:
    """Codes of a tone for each label (B,), with a vibrato, two overtones and a little noise: (B, T)"""
    on = {"generator": draws, "device": draws.device}
    seconds = torch.arange(samples, device=draws.device) / RATE
    start = torch.rand(len(labels), 1, **on)
    swing = 1 + VIBRATO_SHARE * torch.sin(2 * math.pi * (VIBRATO_HZ * seconds + start))
    pitch = torch.tensor(PITCHES, device=draws.device)[labels][:, None] * swing  # (B, T)
    angle = 2 * math.pi * (pitch.cumsum(dim=1) / RATE + torch.rand(len(labels), 1, **on))
    wave = 0.6 * angle.sin() + 0.2 * (2 * angle).sin() + 0.1 * (3 * angle).sin()
    return encode(wave + NOISE * torch.randn(wave.shape, **on), MU, TONE_LEVELS)


def patterns(rows: int, samples: int, period: int, draws: torch.Generator, density: float = 1.0) -> Tensor:
    """Random codes that repeat after ``period`` samples: nothing in the first period can be predicted. (B, T)

    A share ``density`` of the pattern is random; the rest is silence, the middle level.
    """
    on = {"generator": draws, "device": draws.device}
    once = torch.randint(PATTERN_LEVELS, (rows, period), **on)
    silent = torch.rand(rows, period, **on) >= density
    return once.masked_fill(silent, PATTERN_LEVELS // 2).repeat(1, -(-samples // period))[:, :samples]
