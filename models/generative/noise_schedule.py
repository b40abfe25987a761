"""Noise schedules: how fast a diffusion process forgets its data.

Papers: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", section 4 (linear);
Nichol & Dhariwal 2021, "Improved Denoising Diffusion Probabilistic Models", equation 17 (cosine);
Rombach et al. 2022, "High-Resolution Image Synthesis with Latent Diffusion Models", whose code is linear in √β.
Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed", table 1 (what the last step leaves).

Symbols
    T  diffusion steps, counted t = 1 … T; t = 0 is the data
    β_t  variance of the noise that step t adds      α_t = 1 − β_t
    ᾱ_t  share of the data's variance left after t steps
"""

import math

import torch
from torch import Tensor


def linear_betas(T: int, first: float = 1e-4, last: float = 0.02) -> Tensor:
    """β_t = β_1 + (t − 1)/(T − 1) (β_T − β_1). The ends are the paper's and belong to T = 1000."""
    return torch.linspace(first, last, T, dtype=torch.float64)


def scaled_linear_betas(T: int, first: float = 0.00085, last: float = 0.012) -> Tensor:
    """√β_t is linear in t; the schedule, and with these ends the constants, of Stable Diffusion 1 and 2."""
    return torch.linspace(math.sqrt(first), math.sqrt(last), T, dtype=torch.float64) ** 2


def cosine_betas(T: int, offset: float = 0.008, largest: float = 0.999) -> Tensor:
    """ᾱ_t = f(t)/f(0),  f(t) = cos²((t/T + s)/(1 + s) · π/2),  β_t = min(1 − ᾱ_t/ᾱ_{t−1}, 0.999)."""
    t = torch.arange(T + 1, dtype=torch.float64) / T
    f = torch.cos((t + offset) / (1 + offset) * math.pi / 2) ** 2
    return (1 - f[1:] / f[:-1]).clamp(max=largest)


def alpha_bars(betas: Tensor) -> Tensor:
    """ᾱ_t = ∏_{s ≤ t} (1 − β_s), with ᾱ_0 = 1 in front, so that index t is step t.  (T,) → (T + 1,)"""
    return torch.cat([betas.new_ones(1), torch.cumprod(1 - betas, dim=0)])


def signal_to_noise(alpha_bar: Tensor) -> Tensor:
    """SNR(t) = ᾱ_t / (1 − ᾱ_t), for data of variance one; infinite at t = 0."""
    return alpha_bar / (1 - alpha_bar)


def strided(T: int, steps: int) -> list[int]:
    """The times T = τ_S > … > τ_0 = 0 that S even strides visit; always the last step first.

    Raises:
        ValueError: unless 1 ≤ steps ≤ T.
    """
    if not 1 <= steps <= T:
        raise ValueError(f"steps must lie in 1 … {T}, got {steps}")
    return [round(T * (steps - i) / steps) for i in range(steps + 1)]
