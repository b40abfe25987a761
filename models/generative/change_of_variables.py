"""Change of variables: the density of points after a map, from their density before it.

Works: Papamakarios et al. 2021, "Normalizing Flows for Probabilistic Modeling and Inference", JMLR 22 (equation 2);
a map that takes several points to one adds them up, as in any textbook of probability.

Symbols
    x  points before the map (P, D)      y = f(x)  after it (P, D)       p_x, p_y  densities before and after (P,)
    J  Jacobian ∂f/∂x (P, D, D)          a  strength of the map          P  points        D  dimensions
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

Function = Callable[[Tensor, float], Tensor]


class PlaneMap(NamedTuple):
    """A map of the plane of strength a; ``branches`` are its inverses, one for each part on which it is one-to-one."""

    forward: Function  # x, a → y
    branches: Sequence[Function]  # y, a → x; not a number where nothing is mapped to y
    log_abs_det: Function  # x, a → log |det J| (P,)


def standard_normal(x: Tensor) -> Tensor:
    """p_x(x) = (2π)^(−D/2) exp(−‖x‖² / 2)"""
    return torch.exp(-x.square().sum(-1) / 2) / (2 * math.pi) ** (x.shape[-1] / 2)


def divided(p_x: Tensor, log_abs_det: Tensor) -> Tensor:
    """p_y(y) = p_x(x) / |det J(x)|"""
    return p_x * torch.exp(-log_abs_det)


def multiplied(p_x: Tensor, log_abs_det: Tensor) -> Tensor:
    """A mistake: p_x(x) · |det J(x)|, the determinant of the wrong direction."""
    return p_x * torch.exp(log_abs_det)


def over_branches(parts: Tensor) -> Tensor:
    """p_y(y) = Σ_{x: f(x) = y} p_x(x) / |det J(x)|: one summand per branch (M, P); what is no number counts 0."""
    return torch.nan_to_num(parts, nan=0.0).sum(0)  # (P,)


def mapped_density(
    y: Tensor, given: PlaneMap, a: float, branches: int, rule: Callable[[Tensor, Tensor], Tensor] = divided
) -> Tensor:
    """Density of the mapped points at ``y`` (P, 2), with the first ``branches`` of the map's inverses.  → (P,)"""
    parts = []
    for inverse in given.branches[:branches]:
        x = inverse(y, a)  # (P, 2)
        parts.append(rule(standard_normal(x), given.log_abs_det(x, a)))  # (P,)
    return over_branches(torch.stack(parts))  # (P,)


def jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """J_ij = ∂f_i / ∂x_j by automatic differentiation, point by point.  → (P, D, D)"""
    with torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        y = f(x)  # (P, D)
        rows = [torch.autograd.grad(y[:, i].sum(), x, retain_graph=True)[0] for i in range(y.shape[-1])]
    return torch.stack(rows, 1)  # (P, D, D)


def cell_masses(density: Tensor, weights: Tensor) -> Tensor:
    """m_cell = Σ_nodes w p_y(node): the integral of the density over every cell.  (N, N, Q), (N, N, Q) → (N, N)"""
    return (density * weights).sum(-1)


def nodes(low: float, high: float, N: int, order: int = 6) -> tuple[Tensor, Tensor]:
    """Gauss–Legendre nodes and weights for N cells of one axis, exact also at a spike 1/√y at a cell's lower end.

    Within a cell y = low + width · u², which turns such a spike into a constant.  → (N, order) both
    """
    root, weight = (torch.from_numpy(part) for part in np.polynomial.legendre.leggauss(order))
    u, width = (root + 1) / 2, (high - low) / N
    starts = low + width * torch.arange(N, dtype=torch.double)[:, None]  # (N, 1)
    return starts + width * u.square(), (width * u * weight).expand(N, -1)


def polygon_area(corners: Tensor) -> Tensor:
    """½ |Σ_i (u_i v_{i+1} − u_{i+1} v_i)| of an outline (Q, 2) that closes by itself.  → ()"""
    after = corners.roll(-1, 0)  # (Q, 2)
    return (corners[:, 0] * after[:, 1] - after[:, 0] * corners[:, 1]).sum().abs() / 2


def chi_square_per_cell(counts: Tensor, expected: Tensor, least: float = 5.0) -> Tensor:
    """(1/K) Σ (n − e)² / e over the K cells with e ≥ ``least``: about 1 where e is right.  (N, N), (N, N) → ()"""
    used = expected >= least  # (N, N)
    return ((counts - expected).square() / expected)[used].mean()


def _pair(first: Tensor, second: Tensor) -> Tensor:
    return torch.stack([first, second], -1)


FAN = PlaneMap(
    lambda x, a: _pair(x[..., 0], x[..., 1] * torch.exp(a * x[..., 0])),
    [lambda y, a: _pair(y[..., 0], y[..., 1] * torch.exp(-a * y[..., 0]))],
    lambda x, a: a * x[..., 0],
)
"""y = (x₁, x₂ exp(a x₁)): narrower on the left, wider on the right."""

STRETCH = PlaneMap(
    lambda x, a: _pair(x[..., 0] * math.exp(a), x[..., 1]),
    [lambda y, a: _pair(y[..., 0] * math.exp(-a), y[..., 1])],
    lambda x, a: torch.full_like(x[..., 0], a),
)
"""y = (exp(a) x₁, x₂): as much wider everywhere."""

SWELL = PlaneMap(
    lambda x, a: torch.sinh(a * x) / a,
    [lambda y, a: torch.asinh(a * y) / a],
    lambda x, a: torch.log(torch.cosh(a * x)).sum(-1),
)
"""y_i = sinh(a x_i) / a: the farther out, the wider."""

BEND = PlaneMap(
    lambda x, a: _pair(x[..., 0], x[..., 1] + a * (x[..., 0].square() - 1)),
    [lambda y, a: _pair(y[..., 0], y[..., 1] - a * (y[..., 0].square() - 1))],
    lambda x, a: torch.zeros_like(x[..., 0]),
)
"""y = (x₁, x₂ + a (x₁² − 1)): a shear that bends, and keeps all areas."""

FOLD = PlaneMap(
    lambda x, a: _pair(a * x[..., 0].square(), x[..., 1]),
    [
        lambda y, a: _pair(torch.sqrt(y[..., 0] / a), y[..., 1]),
        lambda y, a: _pair(-torch.sqrt(y[..., 0] / a), y[..., 1]),
    ],
    lambda x, a: torch.log(2 * a * x[..., 0].abs()),
)
"""y = (a x₁², x₂): left and right come to lie on each other."""

PLANE_MAPS = {"fan": FAN, "stretch": STRETCH, "swell": SWELL, "bend": BEND, "fold": FOLD}
