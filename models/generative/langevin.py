"""Annealed Langevin dynamics: samples from a score that is known at several levels of noise.

Paper: Song & Ermon 2019, "Generative Modeling by Estimating Gradients of the Data Distribution", sections 2.2 and 4.3
(algorithm 1).

Symbols
    N  points        L  levels        σ_i  noise of level i, falling        α_i  step size
    s(x, σ)  score of the data with noise of deviation σ        z  standard normal noise
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

Score = Callable[[Tensor, float], Tensor]


def geometric_levels(highest: float, lowest: float, L: int) -> list[float]:
    """σ_i = σ_1 (σ_L/σ_1)^{(i − 1)/(L − 1)}; for L = 1 the lowest alone."""
    if L == 1:
        return [lowest]
    return [highest * (lowest / highest) ** (i / (L - 1)) for i in range(L)]


def step_size(sigma: float, lowest: float, epsilon: float) -> float:
    """α_i = ε σ_i² / σ_L²: signal and noise of a step keep their ratio from level to level.  Algorithm 1, line 3."""
    return epsilon * sigma**2 / lowest**2


def langevin_step(x: Tensor, score: Tensor, alpha: float, z: Tensor) -> Tensor:
    """x ← x + (α/2) s(x, σ) + √α z.  Song & Ermon, equation 4 and algorithm 1, line 6.  (N, D) each → (N, D)"""
    return x + alpha / 2 * score + alpha**0.5 * z


def annealed(
    score: Score, x: Tensor, levels: Sequence[float], steps: int, epsilon: float, draws: torch.Generator
) -> Iterator[Tensor]:
    """The points before the first level, and after `steps` steps at each of them.  Algorithm 1.  (N, D)"""
    yield x
    for sigma in levels:
        alpha = step_size(sigma, levels[-1], epsilon)
        for _ in range(steps):
            z = torch.randn(x.shape, generator=draws)  # (N, D)
            x = langevin_step(x, score(x, sigma), alpha, z)  # (N, D)
        yield x
