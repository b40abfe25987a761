"""Kolmogorov–Arnold network: a learnable curve on every edge; nodes only add.

Paper: Liu et al. 2024, "KAN: Kolmogorov-Arnold Networks". An edge is w_b b(x) + w_s spline(x) with b = silu;
w_s is part of the coefficients here. Grids of hidden nodes follow the values that these take.

Symbols
    x  inputs (..., I)          φ  edge curves (..., O, I)         y  outputs (..., O)        w_b  base weights
    c  spline coefficients (..., O, I, G + k)                      t  knots (..., I, G + 2k + 1)
    R  networks side by side    P  points    I, O  inputs and outputs of a layer    G  intervals    k  degree
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from models.approximation.b_spline import bumps, refitted, spline, uniform_knots
from models.seeding import generator

START_NOISE = 0.1
"""Standard deviation of the coefficients at the start."""

MARGIN = 0.1
"""By this share of its width, the grid of a hidden node reaches beyond the values that the node takes."""

SAMPLES = 200
"""Across a grid, when its curves move to another grid."""


def edge_curves(x: Tensor, knots: Tensor, degree: int, base: Tensor, c: Tensor) -> Tensor:
    """φ(x) = w_b silu(x) + Σ_i c_i B_i(x), for every edge.  (..., I) → (..., O, I)"""
    return base * silu(x)[..., None, :] + spline(bumps(x, knots, degree), c)


def node_sums(curves: Tensor) -> Tensor:
    """y_j = Σ_i φ_{j,i}(x_i): a node adds what its edges give.  (..., O, I) → (..., O)"""
    return curves.sum(-1)


class KANLayer(nn.Module):
    """One curve per pair of input and output, for R networks at once; the knots are no parameters."""

    knots: Tensor  # (R, 1, I, G + 2k + 1)

    def __init__(
        self,
        networks: int,
        inputs: int,
        outputs: int,
        intervals: int,
        degree: int,
        reach: float,
        draws: torch.Generator,
    ) -> None:
        super().__init__()
        self.degree = degree
        ends = torch.full((networks, 1, inputs), reach, dtype=torch.double)  # (R, 1, I)
        self.register_buffer("knots", uniform_knots(-ends, ends, intervals, degree))
        weights = torch.randn(networks, 1, outputs, inputs, generator=draws, dtype=torch.double)  # (R, 1, O, I)
        self.base = nn.Parameter(weights / inputs**0.5)
        noise = torch.randn(networks, 1, outputs, inputs, intervals + degree, generator=draws, dtype=torch.double)
        self.c = nn.Parameter(START_NOISE * noise)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        curves = edge_curves(x, self.knots, self.degree, self.base, self.c)  # (R, P, O, I)
        return node_sums(curves), curves

    @property
    def ends(self) -> tuple[Tensor, Tensor]:
        """Where the grid of each input begins and ends, (R, 1, I) each."""
        return self.knots[..., self.degree], self.knots[..., -self.degree - 1]

    @torch.no_grad()
    def regrid(self, low: Tensor, high: Tensor, intervals: int) -> None:
        """Another grid, from ``low`` to ``high`` (R, 1, I), and the coefficients that keep the splines on it."""
        samples = low + (high - low) * torch.linspace(0, 1, SAMPLES, dtype=low.dtype)[:, None]  # (R, P, I)
        curves = spline(bumps(samples, self.knots, self.degree), self.c)  # (R, P, O, I)
        self.knots = uniform_knots(low, high, intervals, self.degree)
        self.c = nn.Parameter(refitted(curves, bumps(samples, self.knots, self.degree)))


class KANTrace(NamedTuple):
    """What every edge gave, and every node."""

    curves: list[Tensor]  # per layer (R, P, O, I)
    nodes: list[Tensor]  # the inputs (R, P, I), then the outputs of each layer (R, P, O)


class KAN(nn.Module):
    """KAN(x) = (Φ_{L−1} ∘ … ∘ Φ_0)(x), R networks that start differently."""

    def __init__(
        self, widths: Sequence[int], intervals: int, degree: int, seed: int, *, networks: int = 1, reach: float = 1.0
    ) -> None:
        super().__init__()
        draws = generator(seed)
        pairs = list(pairwise(widths))
        self.layers = nn.ModuleList(KANLayer(networks, i, o, intervals, degree, reach, draws) for i, o in pairs)

    def forward(self, x: Tensor) -> tuple[Tensor, KANTrace]:
        """Inputs (R, P, I) → outputs (R, P, O)"""
        curves, nodes = [], [x]
        for layer in self.layers:
            y, given = layer(nodes[-1])
            curves.append(given)
            nodes.append(y)
        return nodes[-1], KANTrace(curves, nodes)

    @torch.no_grad()
    def regrid(self, x: Tensor, intervals: int) -> None:
        """Grids of ``intervals`` everywhere; those of hidden nodes cover the values that these take at ``x``."""
        _, trace = self(x)
        for number, (layer, given) in enumerate(zip(self.layers, trace.nodes)):
            low, high = layer.ends
            if number:
                low, high = given.amin(1, keepdim=True), given.amax(1, keepdim=True)  # (R, 1, I)
                room = MARGIN * (high - low).clamp_min(1e-3)
                low, high = low - room, high + room
            layer.regrid(low, high, intervals)
