"""Effective time constants: how long a deviation of all states lasts in cells that act on each other.

A cell's own time constant says how fast it follows what opens its synapses. Cells that feed each other keep a
deviation longer, or shorter: the eigenvalues of a step's derivative say how much of it is left.

Symbols
    P  steps      D  cells      Δ  time of a step (P,)      J  derivative of a step (P, D, D)      λ  its eigenvalues
"""

import torch
from torch import Tensor

from models.continuous.liquid import LiquidCells


def step_derivative(cells: LiquidCells, x: Tensor, v: Tensor, elapsed: Tensor) -> Tensor:
    """J = ∂v′/∂v for each of many steps: inputs (P, N), states before (P, D), times (P,) → (P, D, D)"""
    one = lambda state, given, time: cells.step(given[None], state[None], time[None, None])[0][0]
    return torch.vmap(torch.func.jacfwd(one))(v, x, elapsed)


def relaxation_times(J: Tensor, elapsed: Tensor) -> Tensor:
    """τ = −Δ / ln |λ(J)|, longest first (P, D); not a number where a deviation does not shrink."""
    known = J.isfinite().all(-1).all(-1)[:, None]  # (P, 1)
    size = torch.linalg.eigvals(torch.where(known[..., None], J, 0.0)).abs()  # (P, D)
    size = size.sort(dim=-1, descending=True).values  # (P, D)
    return torch.where(known & (size < 1), -elapsed[:, None] / size.log(), torch.nan)
