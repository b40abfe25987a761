"""B-splines: a curve as a sum of bumps, each of which is a piecewise polynomial over a few intervals of a grid.

Works: de Boor 1978, "A Practical Guide to Splines" (the recurrence); Liu et al. 2024, "KAN: Kolmogorov-Arnold
Networks" (one grid per input, k more intervals on both sides, finer grids fitted to coarser ones).

Symbols
    x  inputs (..., I)           G  intervals of the grid      k  degree      t  knots (..., I, G + 2k + 1)
    B  bumps (..., I, G + k)     c  coefficients (..., O, I, G + k)           s  curves (..., O, I)
"""

import torch
from torch import Tensor


def uniform_knots(low: Tensor, high: Tensor, intervals: int, degree: int) -> Tensor:
    """t_i = low + (i − k) (high − low) / G for i = 0 … G + 2k: the grid, and k more intervals on both sides.

    ``low`` and ``high`` (..., I) are the ends of the grid of each input.
    """
    steps = torch.arange(-degree, intervals + degree + 1, dtype=low.dtype)  # (T,)
    return low[..., None] + ((high - low) / intervals)[..., None] * steps


def bumps(x: Tensor, knots: Tensor, degree: int) -> Tensor:
    """B_{i,k}(x) = (x − t_i)/(t_{i+k} − t_i) B_{i,k−1}(x) + (t_{i+k+1} − x)/(t_{i+k+1} − t_{i+1}) B_{i+1,k−1}(x).

    B_{i,0}(x) is 1 from t_i to below t_{i+1}, else 0. Beyond the last knot all bumps are 0.
    """
    x = x[..., None]  # (..., I, 1)
    begun = (knots <= x).to(x.dtype)  # (..., I, T)
    found = begun[..., :-1] - begun[..., 1:]
    for k in range(1, degree + 1):
        rising = (x - knots[..., : -k - 1]) / (knots[..., k:-1] - knots[..., : -k - 1])
        falling = (knots[..., k + 1 :] - x) / (knots[..., k + 1 :] - knots[..., 1:-k])
        found = rising * found[..., :-1] + falling * found[..., 1:]
    return found


def spline(bumps: Tensor, c: Tensor) -> Tensor:
    """s(x) = Σ_i c_i B_i(x), one curve per pair of output and input.  (..., I, B), (..., O, I, B) → (..., O, I)"""
    return (bumps[..., None, :, :] * c).sum(-1)


RIDGE = 1e-9
"""For bumps that no sample reaches: their coefficients become 0."""


def refitted(curves: Tensor, bumps: Tensor) -> Tensor:
    """c′ = argmin Σ_x (s(x) − Σ_i c′_i B′_i(x))²: coefficients on another grid that keep the curves.

    ``curves`` (R, P, O, I) and the new ``bumps`` (R, P, I, B) are taken at the same P samples.  (R, 1, O, I, B)
    """
    design = bumps.movedim(1, 2)  # (R, I, P, B)
    gram = design.mT @ design + RIDGE * torch.eye(design.shape[-1], dtype=design.dtype)  # (R, I, B, B)
    found = torch.linalg.solve(gram, design.mT @ curves.permute(0, 3, 1, 2))  # (R, I, B, O)
    return found.permute(0, 3, 1, 2).unsqueeze(1)
