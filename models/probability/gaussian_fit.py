"""One Gaussian fitted to a distribution with two peaks, by either KL divergence; and KL divergences of Gaussians.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", section 3.13, figure 3.6 (the asymmetry).
Note: Schulman 2020, "Approximating KL Divergence" (estimates from samples).

Symbols
    x  places on a grid (G,), Δ apart        p  target density (G,)        q  Gaussian density (S, G)
    μ, σ  mean and standard deviation of q (S,), one per start        r  q(x) / p(x) at samples of p
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from models.linear.descent import Descent

Divergence = Callable[[Tensor, Tensor, float], Tensor]
"""Of ln p (G,), ln q (..., G) and the distance of two places of the grid: (...)"""


class Gaussian(NamedTuple):
    mean: Tensor  # (...)
    deviation: Tensor  # (...)


def log_density(x: Tensor, g: Gaussian) -> Tensor:
    """ln N(x; μ, σ²) = −(x − μ)² / 2σ² − ln σ − ½ ln 2π.  (N,) → (..., N)"""
    z = (x - g.mean[..., None]) / g.deviation[..., None]  # (..., N)
    return -z.square() / 2 - g.deviation.log()[..., None] - math.log(2 * math.pi) / 2


def two_peaks(x: Tensor, apart: float, width: float, share: float) -> Tensor:
    """ln p(x) of two Gaussian peaks at ±``apart``, the right one with that share.  (N,) → (N,)"""
    left, right = (
        log_density(x, Gaussian(x.new_tensor(at), x.new_tensor(width))) + math.log(weight)
        for at, weight in ((-apart, 1 - share), (apart, share))
    )
    return torch.logaddexp(left, right)


def forward_kl(log_p: Tensor, log_q: Tensor, step: float) -> Tensor:
    """KL(p‖q) = ∫ p ln (p/q) dx on a grid: dear where p is large and q is not.  (G,), (..., G) → (...)"""
    return (log_p.exp() * (log_p - log_q)).sum(dim=-1) * step


def reverse_kl(log_p: Tensor, log_q: Tensor, step: float) -> Tensor:
    """KL(q‖p) = ∫ q ln (q/p) dx on a grid: dear where q is large and p is not.  (G,), (..., G) → (...)"""
    return (log_q.exp() * (log_q - log_p)).sum(dim=-1) * step


def moments(log_p: Tensor, x: Tensor, step: float) -> Gaussian:
    """μ = ∫ x p dx and σ² = ∫ (x − μ)² p dx: the Gaussian of the smallest KL(p‖q), exact.  () both"""
    p = log_p.exp()
    mean = (p * x).sum() * step
    return Gaussian(mean, ((p * (x - mean).square()).sum() * step).sqrt())


def fit(x: Tensor, log_p: Tensor, divergence: Divergence, start: Gaussian, steps: int, rate: float) -> list[Gaussian]:
    """Gradient descent on μ and ln σ from many starts (S,) at once: the Gaussians before it and after every step."""
    mean, log_deviation = start.mean.clone().requires_grad_(), start.deviation.log().requires_grad_()
    step = float(x[1] - x[0])

    def loss() -> Tensor:
        return divergence(log_p, log_density(x, Gaussian(mean, log_deviation.exp())), step).sum()

    descent, path = Descent([mean, log_deviation], loss, rate), [start]
    for done in range(steps):
        descent.step(rate * (1 - done / steps))
        path.append(Gaussian(mean.detach().clone(), log_deviation.detach().exp()))
    return path


def gaussian_kl(p: Gaussian, q: Gaussian) -> Tensor:
    """KL(p‖q) = ln (σ_q/σ_p) + (σ_p² + (μ_p − μ_q)²) / 2σ_q² − ½, in closed form.  (...)"""
    ratio = (p.deviation.square() + (p.mean - q.mean).square()) / (2 * q.deviation.square())
    return (q.deviation / p.deviation).log() + ratio - 0.5


def mean_log_ratio(x: Tensor, p: Gaussian, q: Gaussian) -> Tensor:
    """(1/N) Σₙ −ln r with r = q(xₙ)/p(xₙ): an estimate of KL(p‖q), if the x (N,) are sampled from p.  ()"""
    return (log_density(x, p) - log_density(x, q)).mean(dim=-1)


def mean_positive_ratio(x: Tensor, p: Gaussian, q: Gaussian) -> Tensor:
    """(1/N) Σₙ (r − 1 − ln r): the same expectation, and no term below zero.  ()"""
    log_r = log_density(x, q) - log_density(x, p)  # (..., N)
    return (log_r.exp() - 1 - log_r).mean(dim=-1)
