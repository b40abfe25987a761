"""A radial basis function network: bumps at chosen centres, and output weights by least squares.

Papers: Broomhead and Lowe 1988, "Multivariable Functional Interpolation and Adaptive Networks"; Moody and Darken 1989,
"Fast Learning in Networks of Locally-Tuned Processing Units" (centres by k-means).

Symbols
    x  inputs (P)      c  centres (M)      σ  width of a bump      h  bumps (P, M)      v  output weights (M)
    t  targets (P)     y  outputs (P)      λ  ridge: keeps weights of bumps without data small
"""

import torch
from torch import Tensor

RIDGE = 1e-3


def bumps(x: Tensor, c: Tensor, sigma: float) -> Tensor:
    """hₘ(x) = exp(−(x − cₘ)² / 2σ²): 1 at its centre, near 0 three widths away. (P, M)"""
    return (-(x[:, None] - c).square() / (2 * sigma**2)).exp()


def output(h: Tensor, v: Tensor) -> Tensor:
    """y = Σ over m of vₘ hₘ(x). (P)"""
    return h @ v


def output_weights(h: Tensor, t: Tensor) -> Tensor:
    """v = (hᵀh + λ)⁻¹ hᵀt: the smallest Σ (y − t)² + λ Σ v². (M)"""
    return torch.linalg.solve(h.T @ h + RIDGE * torch.eye(h.shape[1]).to(h), h.T @ t)


def k_means(x: Tensor, c: Tensor, rounds: int = 20) -> Tensor:
    """Each centre becomes the mean of the inputs nearest to it, again and again; one without inputs stays. (M)"""
    for _ in range(rounds):
        nearest = (x[:, None] - c).abs().argmin(dim=1)  # (P)
        member = torch.nn.functional.one_hot(nearest, len(c)).to(x)  # (P, M)
        count = member.sum(dim=0)  # (M)
        c = torch.where(count > 0, (member * x[:, None]).sum(dim=0) / count.clamp(min=1), c)  # (M)
    return c


def scatter(x: Tensor, c: Tensor) -> Tensor:
    """Σ over inputs of the squared distance to the nearest centre: what k-means makes small."""
    return (x[:, None] - c).square().amin(dim=1).sum()


def best_of(x: Tensor, starts: list[Tensor]) -> Tensor:
    """k-means from several starts; the centres with the smallest scatter. (M)"""
    return min((k_means(x, start) for start in starts), key=lambda c: scatter(x, c).item())


def condition_number(c: Tensor, sigma: float) -> float:
    """Largest over smallest singular value of the bumps at their own centres: the matrix of exact interpolation."""
    return torch.linalg.cond(bumps(c, c, sigma)).item()
