"""What can be said of a projection matrix alone: how many directions it uses, and what may be changed without effect.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2 (the four matrices);
Roy & Vetterli 2007, "The effective rank: a measure of effective dimensionality" (its definition);
Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits" (only the product of W_Q and W_K matters).

Symbols
    W  a matrix (R, D)     σ  its singular values, largest first     A  an invertible matrix (K, K)
    q  queries (..., K)    k  keys (..., K)    wq, wk  W_Q and W_K of all heads (H, K, D)
    R  rows     D  width     K  head width     H  heads
"""

import torch
from torch import Tensor

from models.seeding import normal


def spectrum(weight: Tensor) -> Tensor:
    """σᵢ / σ₁."""
    values = torch.linalg.svdvals(weight)
    return values / values[0]


def effective_rank(weight: Tensor) -> float:
    """exp(−Σ pᵢ ln pᵢ), pᵢ = σᵢ / Σ σ: D if all singular values are equal, 1 if only one is left."""
    values = torch.linalg.svdvals(weight)
    p = values / values.sum()
    return torch.special.entr(p).sum().exp().item()


def both_sides(q: Tensor, k: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
    """q Aᵀ and k A⁻¹: (A q)ᵀ (A⁻ᵀ k) = qᵀ k, so no score changes."""
    return q @ a.T, k @ torch.linalg.inv(a)


def one_side(q: Tensor, k: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
    """q Aᵀ and k as it was: (A q)ᵀ k."""
    return q @ a.T, k


def _factored(wq: Tensor, wk: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """W_Qᵀ W_K of every head by its K singular values: two matrices (H, D, K) of unit columns, values (H, K)."""
    a, ra = torch.linalg.qr(wq.mT)
    b, rb = torch.linalg.qr(wk.mT)
    u, values, v = torch.linalg.svd(ra @ rb.mT)
    return a @ u, b @ v.mT, values


def truncated(wq: Tensor, wk: Tensor, kept: slice) -> tuple[Tensor, Tensor]:
    """W_Qᵀ W_K of every head with only the ``kept`` of its K singular values, as two matrices: (H, K, D) each.

    Singular values are counted from the largest.
    """
    queries, keys, values = _factored(wq, wk)
    roots = torch.zeros_like(values)  # (H, K)
    roots[:, kept] = values[:, kept].sqrt()
    return (queries * roots[:, None]).mT, (keys * roots[:, None]).mT


def rest_at_random(wq: Tensor, wk: Tensor, kept: int, seed: int) -> tuple[Tensor, Tensor]:
    """The same with the ``kept`` strongest as they are; the others keep their size and get random directions."""
    queries, keys, values = _factored(wq, wk)
    random = normal(2, *queries[..., kept:].shape, seed=seed).to(wq)  # (2, H, D, K − kept)
    random = random / random.norm(dim=-2, keepdim=True)
    queries, keys = (
        torch.cat([part[..., :kept], new], dim=-1) for part, new in zip((queries, keys), random, strict=True)
    )
    roots = values.sqrt()[:, None]  # (H, 1, K)
    return (queries * roots).mT, (keys * roots).mT
