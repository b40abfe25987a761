"""Objectives that fit a score to data: explicit, implicit, sliced and denoising score matching.

Papers: Hyvärinen 2005, "Estimation of Non-Normalized Statistical Models by Score Matching", section 2 (theorem 1);
Song et al. 2019, "Sliced Score Matching: A Scalable Approach to Density and Score Estimation", section 3;
Vincent 2011, "A Connection Between Score Matching and Denoising Autoencoders", section 4.

Each is the value of one point; the objective is its mean over the data. The model is a mixture whose score and its
Jacobian are known in closed form, where a network would need automatic differentiation.

Symbols
    N  points        D  coordinates        M  slices        s_θ  score of the model        s  score of the data
    v  random direction of a slice        σ  noise added        x̃ = x + σ ε  noisy point
"""

import torch
from torch import Tensor

from models.generative.mixtures import Mixture, score, score_jacobian


def explicit(model: Mixture, data: Mixture, x: Tensor) -> Tensor:
    """J(x) = ½ ‖s_θ(x) − s(x)‖²: needs the score of the data, which is known only in toys.  (N, D) → (N,)"""
    return (score(model, x) - score(data, x)).square().sum(-1) / 2


def implicit(model: Mixture, x: Tensor) -> Tensor:
    """J(x) = ½ ‖s_θ(x)‖² + tr ∇s_θ(x): on average the explicit one less a constant.  Theorem 1.  (N, D) → (N,)"""
    return score(model, x).square().sum(-1) / 2 + trace(model, x)


def trace(model: Mixture, x: Tensor) -> Tensor:
    """tr ∇s_θ(x) = Σ_i ∂s_θ,i/∂x_i.  (N, D) → (N,)"""
    return score_jacobian(model, x).diagonal(dim1=-2, dim2=-1).sum(-1)


def sliced(model: Mixture, x: Tensor, v: Tensor) -> Tensor:
    """J(x) = ½ ‖s_θ(x)‖² + mean over v of vᵀ ∇s_θ(x) v, with E[v vᵀ] = I.  Song et al.  (N, D), (M, N, D) → (N,)"""
    curvature = torch.einsum("mni,nij,mnj->n", v, score_jacobian(model, x), v) / len(v)  # (N,)
    return score(model, x).square().sum(-1) / 2 + curvature


def denoising(model: Mixture, x: Tensor, noisy: Tensor, sigma: float) -> Tensor:
    """J(x, x̃) = ½ ‖s_θ(x̃) + (x̃ − x)/σ²‖²: on average that of the noisy data.  Vincent.  (N, D), (N, D) → (N,)"""
    return (score(model, noisy) + (noisy - x) / sigma**2).square().sum(-1) / 2


def directions(kind: str, M: int, N: int, D: int, draws: torch.Generator) -> Tensor:
    """Slices with E[v vᵀ] = I: standard normal for “Gaussian”, random signs for “Rademacher”.  → (M, N, D)"""
    v = torch.randn(M, N, D, generator=draws)  # (M, N, D)
    return v if kind == "Gaussian" else v.sign()
