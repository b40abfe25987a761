"""μ-law companding: a sample becomes one of 2ᵇ codes, with levels that lie close together around zero.

Standard: ITU-T recommendation G.711, in the continuous form that van den Oord et al. 2016, "WaveNet: A Generative Model
for Raw Audio", section 2.2, quantise with (G.711 itself has straight pieces).

Symbols
    x  samples from −1 to 1 (T,)      μ  strength of the compression, 255 in the standard      L  levels, 256
    f  compressed, −1 to 1            k  codes, whole numbers from 0 to L − 1
"""

import math

import torch
from torch import Tensor


def compress(x: Tensor, mu: float) -> Tensor:
    """f(x) = sign(x) ln(1 + μ |x|) / ln(1 + μ)"""
    size = torch.log(1 + mu * x.abs()) / math.log(1 + mu)
    return torch.where(x < 0, -size, size)


def expand(f: Tensor, mu: float) -> Tensor:
    """f⁻¹(f) = sign(f) ((1 + μ)^|f| − 1) / μ"""
    size = ((1 + mu) ** f.abs() - 1) / mu
    return torch.where(f < 0, -size, size)


def quantise(f: Tensor, levels: int) -> Tensor:
    """k = ⌊(L − 1)(f + 1)/2 + ½⌋: the nearest of L levels at equal distances from −1 to 1"""
    return ((levels - 1) * (f.clamp(-1, 1) + 1) / 2 + 0.5).floor().long()


def dequantise(k: Tensor, levels: int) -> Tensor:
    """f = 2k / (L − 1) − 1"""
    return 2 * k / (levels - 1) - 1


def encode(x: Tensor, mu: float, levels: int) -> Tensor:
    """Codes of samples: compressed, then quantised."""
    return quantise(compress(x, mu), levels)


def decode(k: Tensor, mu: float, levels: int) -> Tensor:
    """Samples of codes."""
    return expand(dequantise(k, levels), mu)


def signal_to_noise_db(x: Tensor, y: Tensor) -> Tensor:
    """SNR = 10 log₁₀(Σ x² / Σ (x − y)²), in decibels, over the last dimension"""
    return 10 * torch.log10(x.square().sum(dim=-1) / (x - y).square().sum(dim=-1).clamp(min=1e-30))
