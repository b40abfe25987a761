"""The one Bayesian network with an exact posterior: outputs linear in the weights, normal prior, normal noise.

Work: Bishop 2006, "Pattern Recognition and Machine Learning", section 3.3.

Symbols
    P  points    K  features    Φ  features of the points (P, K)    y  targets (P)
    σ  standard deviation of the noise    s  standard deviation of every weight's prior    A  precision (K, K)
"""

from typing import NamedTuple

import torch
from torch import Tensor


class NormalPosterior(NamedTuple):
    mean: Tensor  # (K,)
    precision: Tensor  # (K, K)


def precision(Phi: Tensor, sigma: float, s: float) -> Tensor:
    """A = Φᵀ Φ / σ² + 1/s².  (P, K) → (K, K)"""
    return Phi.T @ Phi / sigma**2 + torch.eye(Phi.shape[1]).to(Phi) / s**2


def posterior(Phi: Tensor, y: Tensor, sigma: float, s: float) -> NormalPosterior:
    """The weights are normal with precision A and mean A⁻¹ Φᵀ y / σ²."""
    A = precision(Phi, sigma, s)  # (K, K)
    return NormalPosterior(torch.linalg.solve(A, Phi.T @ y / sigma**2), A)


def band(Phi: Tensor, A: Tensor) -> Tensor:
    """√(φᵀ A⁻¹ φ) for each row φ of Φ: standard deviation of the curve there.  (P, K) → (P)"""
    return (Phi * torch.linalg.solve(A, Phi.T).T).sum(-1).sqrt()


def drawn(found: NormalPosterior, count: int, draws: torch.Generator) -> Tensor:
    """Weights from the posterior: m + L⁻ᵀ ε with A = L Lᵀ.  → (count, K)"""
    epsilon = torch.randn(len(found.mean), count, generator=draws).to(found.mean)  # (K, n)
    L = torch.linalg.cholesky(found.precision)  # (K, K)
    return found.mean + torch.linalg.solve_triangular(L.T, epsilon, upper=True).T
