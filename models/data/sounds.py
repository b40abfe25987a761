"""Short sounds, made from numbers: a tone, and something like a voice.

Symbols
    T  samples        f  frequency in Hz        a  largest absolute value, a share of full scale
"""

import math

import torch
from torch import Tensor

RATE = 8000
"""Samples per second, as on the telephone."""

FORMANTS = ((700, 130), (1200, 150), (2600, 250))
"""Resonances of an open vowel and their widths, in Hz."""


def tone(samples: int, frequency: float, phase: float = 0.0, rate: int = RATE) -> Tensor:
    """sin(2π f n / rate + phase), (T,)"""
    return torch.sin(2 * math.pi * frequency * torch.arange(samples) / rate + phase)


def voice(samples: int, draws: torch.Generator, rate: int = RATE) -> Tensor:
    """Harmonics of a gliding pitch near 120 Hz with the formants of a vowel, in syllables of unequal loudness. (T,)

    The largest absolute value is 1.
    """
    seconds = torch.arange(samples) / rate
    pitch = 120 * (1 + 0.15 * torch.sin(2 * math.pi * 1.3 * seconds + 6 * torch.rand(1, generator=draws)))
    angle = 2 * math.pi * pitch.cumsum(0) / rate
    sound = torch.zeros(samples)
    for harmonic in range(1, int(rate / 2 / 140)):
        f = 120 * harmonic
        gain = sum(1 / (1 + ((f - centre) / width) ** 2) for centre, width in FORMANTS)
        sound += gain * torch.sin(harmonic * angle + 6 * torch.rand(1, generator=draws))
    loudness = 10 ** (-1.5 * torch.rand(1 + samples * 4 // rate, generator=draws))  # of four syllables per second
    syllable = (4 * seconds).long()
    shape = torch.sin(math.pi * (4 * seconds - syllable)) ** 2
    sound = sound * shape * loudness[syllable]
    return sound / sound.abs().max()
