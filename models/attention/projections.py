"""What can be said of a projection matrix alone: how many directions it uses, and what may be changed unseen.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2 (the four matrices);
Roy & Vetterli 2007, "The effective rank: a measure of effective dimensionality" (its definition);
Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits" (only the product of W_Q and W_K matters).

Symbols
    W  a matrix (R, D)     σ  its singular values, largest first     A  an invertible matrix (K, K)
    q  queries (..., K)    k  keys (..., K)     R  rows     D  width     K  head width
"""

import torch
from torch import Tensor


def spectrum(weight: Tensor) -> Tensor:
    """σᵢ / σ₁."""
    values = torch.linalg.svdvals(weight)
    return values / values[0]


def effective_rank(weight: Tensor) -> float:
    """exp(−Σ pᵢ ln pᵢ), pᵢ = σᵢ / Σ σ: as many directions as would be used if all were used alike."""
    values = torch.linalg.svdvals(weight)
    p = values / values.sum()
    return torch.special.entr(p).sum().exp().item()


def both_sides(q: Tensor, k: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
    """q Aᵀ and k A⁻¹: (A q)ᵀ (A⁻ᵀ k) = qᵀ k, so no score changes."""
    return q @ a.T, k @ torch.linalg.inv(a)


def one_side(q: Tensor, k: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
    """q Aᵀ and k as it was: (A q)ᵀ k."""
    return q @ a.T, k


def orthogonal_projector(weight: Tensor, kept: int) -> Tensor:
    """V Vᵀ over the ``kept`` strongest input directions of W: a projector as algebra means it, (D, D)."""
    _, _, directions = torch.linalg.svd(weight, full_matrices=False)
    return directions[:kept].T @ directions[:kept]


def idempotence_residual(p: Tensor) -> float:
    """‖P² − P‖ / ‖P‖: 0 for a projector, which changes nothing when applied again."""
    return ((p @ p - p).norm() / p.norm()).item()
