"""Principal components: the directions along which points vary most, for a map of many dimensions in two or three.

Sources: Pearson 1901, "On Lines and Planes of Closest Fit to Systems of Points in Space"; Jolliffe & Cadima 2016,
"Principal component analysis: a review and recent developments".

Symbols
    X  points (P, D), one a row      C  directions (K, D), one a row, of length 1      λ  variances along them (K,)
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Components(NamedTuple):
    """Directions and what they keep."""

    mean: Tensor  # (D,)
    directions: Tensor  # (K, D)
    variances: Tensor  # (K,)
    shares: Tensor  # (K,) of the whole variance


def centred(X: Tensor) -> Tensor:
    """X − mean of its rows.  (P, D)"""
    return X - X.mean(dim=0)


def principal_components(X: Tensor, count: int) -> Components:
    """The rows of V in the singular value decomposition X − mean = U S Vᵀ, and λ = S² / (P − 1).

    Of the two signs of a direction, the one with which the point farthest along it is positive.
    """
    moved = centred(X)  # (P, D)
    U, S, Vh = torch.linalg.svd(moved, full_matrices=False)
    farthest = U.abs().argmax(dim=0)
    signs = U.gather(0, farthest[None])[0].sign()
    variances = S**2 / (len(X) - 1)
    directions = (signs[:, None] * Vh)[:count]  # (K, D)
    return Components(X.mean(dim=0), directions, variances[:count], (variances / variances.sum())[:count])


def projected(X: Tensor, found: Components) -> Tensor:
    """(X − mean) Cᵀ.  (P, K)"""
    return (X - found.mean) @ found.directions.T


def turned(points: Tensor, angle: float) -> Tensor:
    """Points (P, 3) rotated about their second axis by an angle in radians; the third axis points at the viewer."""
    a = torch.tensor(angle, dtype=points.dtype)
    x, y, z = points.unbind(dim=1)
    return torch.stack([a.cos() * x + a.sin() * z, y, a.cos() * z - a.sin() * x], dim=1)  # (P, 3)
