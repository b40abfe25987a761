"""A self-organizing map: units on a lattice move towards the data, the nearest one and its neighbours together.

Paper: Kohonen 1982, "Self-organized formation of topologically correct feature maps". The neighbourhood is a bell and
radius and rate fall from a first to a last value by equal ratios, as is usual now.

Symbols
    U  units    D  dimensions    T  updates    P  points    w  weights, the places of the units (U, D)
    x  one point (D,)            c  the unit nearest to x   h  neighbourhood of c (U,)
    d  squared distances along the lattice (U, U)           σ  radius    η  rate
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


def grid_distances(rows: int, columns: int) -> Tensor:
    """d_ij between units i and j of a grid, whose neighbours are 1 apart.  (U, U)"""
    at = torch.cartesian_prod(torch.arange(rows), torch.arange(columns))  # (U, 2)
    return (at[:, None] - at).square().sum(-1).double()


def torus_distances(rows: int, columns: int) -> Tensor:
    """The same on a grid whose opposite edges are joined.  (U, U)"""
    at = torch.cartesian_prod(torch.arange(rows), torch.arange(columns))  # (U, 2)
    apart = (at[:, None] - at).abs()
    return torch.minimum(apart, torch.tensor([rows, columns]) - apart).square().sum(-1).double()


def chain_distances(units: int) -> Tensor:
    """The same on a closed chain.  (U, U)"""
    return torus_distances(units, 1)


def nearest_unit(w: Tensor, x: Tensor) -> Tensor:
    """c = argmin_j ‖x − w_j‖.  (U, D), (D,) → ()"""
    return (x - w).square().sum(-1).argmin(-1)


def falling(first: float, last: float, t: int, T: int) -> float:
    """first (last/first)^(t/(T − 1)) at update t = 0 … T − 1."""
    return first * (last / first) ** (t / (T - 1))


def neighbourhood(distances: Tensor, radius: float) -> Tensor:
    """h_j = exp(−d_cj / 2σ²).  (U,) → (U,)"""
    return torch.exp(-distances / (2 * radius**2))


def moved(w: Tensor, x: Tensor, h: Tensor, rate: float) -> Tensor:
    """w_j ← w_j + η h_j (x − w_j).  (U, D), (D,), (U,) → (U, D)"""
    return w + rate * h[:, None] * (x - w)


class Schedule(NamedTuple):
    """Radius and rate at the first and at the last update."""

    radius: tuple[float, float]
    rate: tuple[float, float]


class MapTrace(NamedTuple):
    weights: Tensor  # (S, U, D) at the start and after every so many updates
    winners: Tensor  # (T,) the nearest unit at each update


class SelfOrganizingMap(nn.Module):
    """Units that learn from one point at a time."""

    distances: Tensor
    start: Tensor

    def __init__(self, start: Tensor, distances: Tensor, schedule: Schedule) -> None:
        super().__init__()
        self.schedule = schedule
        self.register_buffer("start", start)
        self.register_buffer("distances", distances)

    def forward(self, x: Tensor, every: int) -> tuple[Tensor, MapTrace]:
        """Points (T, D), in the order in which they are learned → weights (U, D)."""
        w, kept, winners = self.start, [self.start], []
        for t, point in enumerate(x):
            radius, rate = (falling(first, last, t, len(x)) for first, last in self.schedule)
            c = nearest_unit(w, point)
            w = moved(w, point, neighbourhood(self.distances[c], radius), rate)  # (U, D)
            winners.append(c)
            if (t + 1) % every == 0:
                kept.append(w)
        return w, MapTrace(torch.stack(kept), torch.stack(winners))


def quantisation_error(w: Tensor, points: Tensor) -> Tensor:
    """Mean distance of a point to its nearest unit.  (..., U, D), (P, D) → (...)"""
    return torch.cdist(points, w).amin(-1).mean(-1)


def topographic_error(w: Tensor, points: Tensor, distances: Tensor) -> Tensor:
    """Share of points whose two nearest units are no neighbours on the lattice.  (..., U, D), (P, D) → (...)"""
    two = torch.cdist(points, w).topk(2, largest=False).indices  # (..., P, 2)
    return (distances[two[..., 0], two[..., 1]] > 1).double().mean(-1)


def idle_units(w: Tensor, points: Tensor) -> Tensor:
    """Which units are nearest to no point.  (U, D), (P, D) → (U,)"""
    return torch.bincount(torch.cdist(points, w).argmin(-1), minlength=len(w)) == 0


def crossing_lines(w: Tensor, edges: Tensor) -> int:
    """How many pairs of lattice lines between units in the plane cross each other.  (U, 2), (E, 2)"""
    a, b = w[edges[:, 0]], w[edges[:, 1]]  # (E, 2)
    side = lambda p: torch.linalg.det(torch.stack([(b - a).expand_as(p), p - a], -1)).sign()  # of each line
    split = side(a[:, None].expand(-1, len(a), -1)) * side(b[:, None].expand(-1, len(b), -1)) < 0  # (E, E)
    return int((split & split.T).sum()) // 2


def centres(points: Tensor, start: Tensor, rounds: int) -> Tensor:
    """k-means: each centre becomes the mean of the points nearest to it, again and again.  (P, D), (U, D) → (U, D)"""
    c = start
    for _ in range(rounds):
        nearest = torch.cdist(points, c).argmin(-1)  # (P,)
        count = torch.bincount(nearest, minlength=len(c))[:, None]  # (U, 1)
        total = torch.zeros_like(c).index_add(0, nearest, points)  # (U, D)
        c = torch.where(count > 0, total / count.clamp_min(1), c)  # (U, D)
    return c
