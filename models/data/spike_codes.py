"""Pixels turned into spikes: as a rate, or as the time of a single spike; and the same spikes at other times.

Symbols
    p  ink of a pixel from 0, paper, to 1 (..., I)      T  steps      I  pixels
"""

import torch
from torch import Tensor

STEPS, LEVELS, HIGHEST_RATE = 24, 16, 0.5
"""Steps per digit; levels of ink, of which each has its own step in the latency code; spikes per step of full ink."""


def latency_code(p: Tensor) -> Tensor:
    """One spike per pixel with ink, at step 16 (1 − p): the darkest first. Paper is silent.  (..., I) → (..., T, I)"""
    at = (LEVELS * (1 - p)).round().long().clamp(0, LEVELS - 1)  # (..., I)
    spikes = torch.zeros(*p.shape[:-1], STEPS, p.shape[-1])  # (..., T, I)
    return spikes.scatter_(-2, at.unsqueeze(-2), (p > 0).float().unsqueeze(-2))


def rate_code(p: Tensor) -> Tensor:
    """Spikes at even distances, p / 2 per step: their number stands for the ink.  (..., I) → (..., T, I)"""
    steps = torch.arange(STEPS + 1)[:, None]
    due = (HIGHEST_RATE * p.unsqueeze(-2) * steps + 0.5).floor()  # (..., t, I)
    return due.diff(dim=-2)


def shuffled_times(spikes: Tensor, draws: torch.Generator) -> Tensor:
    """Every neuron keeps its number of spikes; the steps at which they come are drawn anew.  (..., T, I)"""
    order = torch.rand(spikes.shape, generator=draws).argsort(-2)  # (..., T, I)
    return spikes.gather(-2, order)
