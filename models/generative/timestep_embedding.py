"""Tells a denoiser how much noise to expect.

Paper: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", appendix B, after the sinusoidal
positions of Vaswani et al. 2017, section 3.5.

Symbols
    B  batch        D  width, even
"""

import math

import torch
from torch import Tensor


def timestep_embedding(t: Tensor, D: int, slowest: float = 10_000.0) -> Tensor:
    """e(t) = [sin(ω_i t), cos(ω_i t)],  ω_i = 10000^{−i/(D/2)},  i = 0 … D/2 − 1.  (B,) → (B, D)"""
    frequency = torch.exp(-math.log(slowest) * torch.arange(D // 2, device=t.device) / (D // 2))
    angle = t[:, None] * frequency  # (B, H)
    return torch.cat([angle.sin(), angle.cos()], dim=-1)
