"""Two estimates of the gradient of an expectation: through the sample, or through its probability.

Papers: Kingma & Welling 2013, "Auto-Encoding Variational Bayes", section 2.4 (through the sample); Williams 1992,
"Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning" (through the probability,
and its baseline); Mohamed et al. 2020, "Monte Carlo Gradient Estimation in Machine Learning", sections 4 and 5.

Symbols
    z = μ + σ ε  samples (N, Z) of N(μ, σ² I)        f  objective: (N, Z) → (N,)        g  estimates of ∇_μ E f (N, Z)
    b  baseline        ω  frequency of a sine
"""

from collections.abc import Callable

import torch
from torch import Tensor

Objective = Callable[[Tensor], Tensor]


def slopes(f: Objective, z: Tensor) -> tuple[Tensor, Tensor]:
    """f(z) and ∇f(z), by backpropagation.  (N, Z) → (N,), (N, Z)"""
    with torch.enable_grad():
        z = z.detach().requires_grad_()
        value = f(z)  # (N,)
        (slope,) = torch.autograd.grad(value.sum(), z)  # (N, Z)
    return value.detach(), slope


def pathwise(slope: Tensor) -> Tensor:
    """g = ∇_z f(μ + σ ε): the derivative of z by μ is 1.  Kingma & Welling, section 2.4.  (N, Z) → (N, Z)"""
    return slope


def score_function(value: Tensor, noise: Tensor, sigma: Tensor | float, baseline: Tensor | float = 0.0) -> Tensor:
    """g = (f(z) − b) ∇_μ log p(z) = (f(z) − b) ε/σ; no derivative of f is needed.  Williams 1992.

    (N,), (N, Z) → (N, Z)
    """
    return (value[:, None] - baseline) * noise / sigma


def best_baseline(value: Tensor, noise: Tensor) -> Tensor:
    """b = E[f ε²] / E[ε²], per coordinate: the constant with the smallest variance.  (N,), (N, Z) → (Z,)"""
    return (value[:, None] * noise.square()).mean(0) / noise.square().mean(0)


def total_variance(estimates: Tensor) -> Tensor:
    """Variance of the estimates, summed over the coordinates.  (N, Z) → ()"""
    return estimates.var(dim=0).sum()


def sine(z: Tensor, omega: float) -> Tensor:
    """f(z) = Σ_i sin(ω z_i)  (N, Z) → (N,)"""
    return (omega * z).sin().sum(-1)


def sine_gradient(mu: Tensor, sigma: float, omega: float) -> Tensor:
    """∇_μ E sin(ω z) = ω exp(−ω²σ²/2) cos(ω μ), exactly.  (Z,) → (Z,)"""
    return omega * torch.exp(torch.tensor(-0.5 * (omega * sigma) ** 2)) * (omega * mu).cos()
