"""Tones that swing, as codes, for a model that predicts the next sample.

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
