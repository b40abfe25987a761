"""How far a set of samples is from a set of data, as distributions.

Papers: Rizzo & Székely 2016, "Energy distance" (also its coefficient of inhomogeneity); Rabin et al. 2012,
"Wasserstein Barycenter and Its Application to Texture Mixing" (sliced); Heusel et al. 2017, "GANs Trained by a Two
Time-Scale Update Rule Converge to a Local Nash Equilibrium" (Fréchet distance on features).

Symbols
    P, Q  samples of either set, S = P + Q        D  coordinates        L  directions
"""

import math

import torch
from torch import Tensor


def energy_distance(x: Tensor, y: Tensor) -> Tensor:
    """D² = 2 E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖, each pair of different samples once; about 0 for equal distributions.

    (P, D), (Q, D) → (); without bias, hence now and then a little below zero.
    """
    P, Q = len(x), len(y)
    between = torch.cdist(x, y).mean()
    within = torch.cdist(x, x).sum() / (P * (P - 1)) + torch.cdist(y, y).sum() / (Q * (Q - 1))
    return 2 * between - within


def inhomogeneity(x: Tensor, y: Tensor) -> Tensor:
    """H = D² / (2 E‖X − Y‖): the energy distance on a scale from 0, equal, to 1.  Rizzo & Székely."""
    return energy_distance(x, y) / (2 * torch.cdist(x, y).mean())


def sliced_wasserstein(x: Tensor, y: Tensor, L: int = 64) -> Tensor:
    """Mean over L directions θ of the plane of W₁(θᵀX, θᵀY), for equally many samples.  (P, 2), (P, 2) → ()"""
    angle = torch.arange(L, device=x.device) * (math.pi / L)  # (L,)
    direction = torch.stack([angle.cos(), angle.sin()])  # (2, L)
    return ((x @ direction).sort(dim=0).values - (y @ direction).sort(dim=0).values).abs().mean()


def kolmogorov_smirnov(x: Tensor, y: Tensor) -> Tensor:
    """sup |F_x − F_y| of two sets of numbers: 0 for equal distributions, 1 for separate ones.  (P,), (Q,) → ()"""
    every = torch.cat([x, y]).sort().values  # (S,)
    below_x = torch.searchsorted(x.sort().values, every, right=True) / len(x)  # (S,)
    below_y = torch.searchsorted(y.sort().values, every, right=True) / len(y)  # (S,)
    return (below_x - below_y).abs().max()


def frechet_distance(x: Tensor, y: Tensor) -> Tensor:
    """‖μ_x − μ_y‖² + tr(C_x + C_y − 2 (C_x C_y)^½), between Gaussians with the moments of the sets.  → ()"""
    x, y = x.double(), y.double()
    covariance_x, covariance_y = x.T.cov(), y.T.cov()  # (D, D)
    # The product is similar to a positive semi-definite matrix, so the trace of its root is a sum over eigenvalues.
    root_trace = torch.linalg.eigvals(covariance_x @ covariance_y).real.clamp(min=0).sqrt().sum()
    return (x.mean(0) - y.mean(0)).square().sum() + covariance_x.trace() + covariance_y.trace() - 2 * root_trace


def nearest_distance(x: Tensor, y: Tensor) -> Tensor:
    """For every x the distance to the closest y: small for a copy.  (P, …), (Q, …) → (P,)"""
    return torch.cdist(x.flatten(1), y.flatten(1)).min(dim=1).values


def within_class_variance(x: Tensor, labels: Tensor) -> Tensor:
    """Mean variance of a coordinate among the samples of one class, averaged over the classes.  (P, …), (P,) → ()"""
    return torch.stack([x[labels == c].var(0).mean() for c in labels.unique()]).mean()


def mean_pair_distances(x: Tensor, labels: Tensor) -> Tensor:
    """For each class the mean distance ‖x − x′‖ of two different samples of it.  (P, D), (P,) → (classes,)"""
    found = []
    for c in labels.unique():
        own = x[labels == c]
        found.append(torch.cdist(own, own).sum() / (len(own) * (len(own) - 1)))
    return torch.stack(found)
