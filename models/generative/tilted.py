"""The density that guidance is often said to sample from, worked out on a grid where both densities are known.

Papers: Ho & Salimans 2022, "Classifier-Free Diffusion Guidance", section 3.2 (guided noise);
Ho et al. 2020, "Denoising Diffusion Probabilistic Models", equation 4 (noised data).

Symbols
    p(x)  density of all data        p(x|c)  density of class c        s  guidance scale
    q(x)  the tilted density         a = ᾱ_t
    P  points of a line        G  points of a grid on it
"""

import torch
from torch import Tensor

from models.generative.diffusion import guided
from models.generative.mixtures import Mixture, noise_mean


def tilted(log_all: Tensor, log_class: Tensor, s: float, spacing: float) -> Tensor:
    """q(x) ∝ p(x) (p(x|c)/p(x))^s on a grid, with integral one.  (G,), (G,) → (G,)"""
    log_q = log_all + s * (log_class - log_all)  # (G,)
    return log_q.softmax(0) / spacing


def guided_noise(x: Tensor, of_class: Mixture, of_all: Mixture, s: float, a: float) -> Tensor:
    """ε̃ = ε(∅) + s (ε(c) − ε(∅)) from the best possible predictions of either noise.  (P, 1) → (P, 1)"""
    return guided(noise_mean(of_class, x, a), noise_mean(of_all, x, a), s)


def noise_of_grid(x: Tensor, grid: Tensor, density: Tensor, a: float) -> Tensor:
    """E[ε | x_t] for x_0 of this density: x_0 averaged over its posterior, then equation 4 solved.  (P, 1) → (P, 1)"""
    log_posterior = density.log() - (x - a**0.5 * grid).square() / (2 * (1 - a))  # (P, G)
    x0 = log_posterior.softmax(-1) @ grid  # (P,)
    return (x - a**0.5 * x0[:, None]) / (1 - a) ** 0.5


def largest_gap(x: Tensor, grid: Tensor, density: Tensor) -> Tensor:
    """sup |F_x − F_q|: the Kolmogorov–Smirnov distance of points to a density on a grid.  (P, 1), (G,), (G,) → ()"""
    exact = density.cumsum(0) / density.sum()  # (G,)
    below = torch.searchsorted(x.flatten().sort().values, grid, right=True) / len(x)  # (G,)
    return (below - exact).abs().max()
