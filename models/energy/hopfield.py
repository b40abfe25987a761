"""A Hopfield network: patterns are stored in symmetric weights and recalled by units that follow their inputs' sum.

Paper: Hopfield 1982, "Neural networks and physical systems with emergent collective computational abilities".
States are −1 and 1 here, 0 and 1 there; weights are divided by N.

Symbols
    N  units    K  patterns    T  updates    ξ  patterns (..., K, N) of −1 and 1    w  weights (..., N, N)
    s  states (..., N) of −1 and 1           h  input of one unit (...)              E  energy (...)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


def hebbian_weights(patterns: Tensor) -> Tensor:
    """w_ij = 1/N Σ_k ξ_i ξ_j for i ≠ j, and w_ii = 0.  (..., K, N) → (..., N, N)"""
    w = patterns.mT @ patterns / patterns.shape[-1]  # (..., N, N)
    return w - torch.diag_embed(torch.diagonal(w, dim1=-2, dim2=-1))


def input_of(w: Tensor, s: Tensor, unit: int) -> Tensor:
    """h_i = Σ_j w_ij s_j, the input of one unit.  (..., N, N), (..., N) → (...)"""
    return (w[..., unit, :] * s).sum(-1)


def updated(h: Tensor, before: Tensor) -> Tensor:
    """s_i = sign(h_i); without any input the unit stays as it was.  (...) → (...)"""
    return torch.where(h == 0, before, h.sign())


def energy(w: Tensor, s: Tensor) -> Tensor:
    """E = −½ Σ_ij w_ij s_i s_j.  (..., N, N), (..., N) → (...)"""
    return -0.5 * (s * (w @ s.unsqueeze(-1)).squeeze(-1)).sum(-1)


def energy_change(w: Tensor, s: Tensor, unit: int, after: Tensor) -> Tensor:
    """E' − E = −½ (s_i' − s_i) Σ_j (w_ij + w_ji) s_j where only unit i changes and w_ii = 0.  (..., N) → (...)"""
    both_ways = ((w[..., unit, :] + w[..., :, unit]) * s).sum(-1)
    return -0.5 * (after - s[..., unit]) * both_ways


def overlap(s: Tensor, pattern: Tensor) -> Tensor:
    """m = 1/N Σ_i s_i ξ_i: 1 where all units agree, −1 where none does.  (..., N), (..., N) → (...)"""
    return (s * pattern).mean(-1)


class HopfieldTrace(NamedTuple):
    energy: Tensor  # (T + 1, ...) at the start and after each update
    changed: Tensor  # (T, ...) whether the updated unit took its other state


class Hopfield(nn.Module):
    """Recall by one unit at a time, in a given order."""

    weights: Tensor

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        self.register_buffer("weights", weights)

    def forward(self, s: Tensor, order: Tensor) -> tuple[Tensor, HopfieldTrace]:
        """States (..., N), the units to update (T,) → states afterwards (..., N)."""
        w, s = self.weights, s.clone()
        energies, changed = [energy(w, s)], []
        for unit in order.tolist():
            after = updated(input_of(w, s, unit), s[..., unit])  # (...)
            energies.append(energies[-1] + energy_change(w, s, unit, after))
            changed.append(after != s[..., unit])
            s[..., unit] = after
        return s, HopfieldTrace(torch.stack(energies), torch.stack(changed))


def states_along(start: Tensor, order: Tensor, changed: Tensor) -> Tensor:
    """The states before, between and after the updates of one network.  (N,), (T,), (T,) → (T + 1, N)"""
    flips = torch.ones(len(order) + 1, len(start))  # (T + 1, N)
    flips[torch.arange(1, len(order) + 1), order] = 1.0 - 2.0 * changed.float()
    return start * flips.cumprod(0)
