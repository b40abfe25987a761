"""A Boltzmann machine with two planted wells: one state and its opposite have low energy, the first a little lower.

Symbols
    N  units    ξ  the planted state as ±1 (N)    J  couplings between ±1 units (N, N)
"""

from typing import NamedTuple

import torch
from torch import Tensor

COUPLING, SPREAD, TILT = 0.12, 0.05, 0.1
"""Strength of the planted pairs, standard deviation of what is random in each, and what favours ξ over its opposite."""


class TwoWells(NamedTuple):
    weight: Tensor  # (N, N) symmetric, for units of 0 and 1
    bias: Tensor  # (N,)
    planted: Tensor  # (N,) ξ


def two_wells(N: int, draws: torch.Generator) -> TwoWells:
    """J_ij = 0.12 ξ_i ξ_j + noise; for units of 0 and 1 that is W = 4 J and b = 2 · 0.1 ξ − 2 Σ over j of J_ij."""
    planted = torch.where(torch.rand(N, generator=draws) < 0.5, -1.0, 1.0)  # (N,)
    above = (COUPLING * planted[:, None] * planted + SPREAD * torch.randn(N, N, generator=draws)).triu(1)  # (N, N)
    J = above + above.T  # (N, N)
    return TwoWells(4 * J, 2 * TILT * planted - 2 * J.sum(1), planted)
