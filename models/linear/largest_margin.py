"""The widest margin of a set of labelled points, exact: the distance of the origin from the hull of all y x.

Paper: Wolfe 1976, "Finding the Nearest Point in a Polytope".

Symbols
    z  points y x (N, D)        λ  weights of the hull's point (C,), positive, summing to one
    C  its corral: the few of the points that it is made of, at most D
"""

import torch
from torch import Tensor

TINY = 1e-10


def nearest_point(z: Tensor) -> Tensor:
    """argmin ‖v‖ over v = Σ λᵢ zᵢ with λ ≥ 0 and Σ λᵢ = 1.  (N, D) → (D,), in double precision"""
    corral, weights = [int(z.square().sum(dim=-1).argmin())], z.new_ones(1)
    while True:
        nearest = weights @ z[corral]  # (D,)
        beyond = int((z @ nearest).argmin())
        if beyond in corral or z[beyond] @ nearest >= nearest @ nearest - TINY:
            return nearest
        corral, weights = [*corral, beyond], torch.cat([weights, z.new_zeros(1)])
        while (flat := affine_minimum(z[corral])).min() <= TINY:  # outside the hull: go there only as far as its edge
            outside = flat <= TINY
            far = (weights[outside] / (weights[outside] - flat[outside])).min()
            weights = weights + far * (flat - weights)  # (C,)
            kept = weights > TINY
            corral, weights = [point for point, keep in zip(corral, kept.tolist()) if keep], weights[kept]
        weights = flat


def affine_minimum(z: Tensor) -> Tensor:
    """λ of the point nearest to the origin on the plane through z (C, D): Σ λᵢ = 1, of any sign.  (C,)"""
    C = len(z)
    system = z.new_ones(C + 1, C + 1)
    system[:C, :C], system[C, C] = z @ z.T, 0
    right = z.new_zeros(C + 1)
    right[C] = 1
    return torch.linalg.lstsq(system, right[:, None]).solution[:C, 0]


def largest_margin(x: Tensor, y: Tensor) -> Tensor:
    """γ = max over ‖u‖ = 1 of minₙ yₙ (u · xₙ), for each set; 0 where no line through the origin parts the points.

    (S, N, D), (S, N) → (S,)
    """
    return torch.stack([nearest_point(points).norm() for points in y[..., None] * x])
