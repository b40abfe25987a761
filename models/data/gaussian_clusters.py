"""Gaussian clusters in the plane, one per class, whose true class probabilities are known everywhere.

Symbols
    x  points (N, 2)        c  class of each point (N,)        K  classes        q  true probabilities (N, K)
    μ  means (K, 2)         A  factors of the covariances A Aᵀ (K, 2, 2), lower triangular
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

SHARED = ((1.0, 0.0), (0.4, 0.8))
"""The factor of all clusters, where they have one covariance: slightly oblique."""

NARROW, WIDE = 0.45, 1.6


class GaussianClusters(NamedTuple):
    means: Tensor  # (K, 2)
    factors: Tensor  # (K, 2, 2)

    def draw(self, N: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
        """Points (N, 2) and their classes (N,), each class equally likely."""
        classes = torch.randint(len(self.means), (N,), generator=draws)  # (N,)
        noise = torch.randn(N, 2, generator=draws)  # (N, 2)
        return self.means[classes] + torch.einsum("nij,nj->ni", self.factors[classes], noise), classes

    def posterior(self, x: Tensor) -> Tensor:
        """q_k(x) ∝ N(x; μ_k, A_k A_kᵀ): Bayes' rule with equal shares.  (N, 2) → (N, K)"""
        offset = x[:, None] - self.means  # (N, K, 2)
        white = torch.linalg.solve_triangular(self.factors, offset[..., None], upper=False)[..., 0]  # (N, K, 2)
        return (-white.square().sum(dim=-1) / 2 - torch.linalg.det(self.factors).log()).softmax(dim=-1)


def clusters(K: int, distance: float, equal: bool, order: Tensor) -> GaussianClusters:
    """Means on a circle of radius ``distance``, numbered by ``order`` (K,); covariances equal, or narrow and wide."""
    angle = 2 * math.pi * torch.arange(K) / K + 0.3  # (K,)
    means = distance * torch.stack([angle.cos(), angle.sin()], dim=-1)  # (K, 2)
    factors = torch.tensor(SHARED).expand(K, 2, 2)  # (K, 2, 2)
    if not equal:
        size = torch.where(torch.arange(K) % 2 == 0, NARROW, WIDE)  # (K,)
        factors = size[:, None, None] * torch.eye(2)  # (K, 2, 2)
    return GaussianClusters(means[order], factors[order].contiguous())
