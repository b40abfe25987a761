"""A Boltzmann machine: units that switch on and off at random, so that states of low energy come up most often.

Work: Ackley, Hinton & Sejnowski 1985, "A Learning Algorithm for Boltzmann Machines". Its thresholds are −b here.

Symbols
    N  units    C  chains    S  all states, 2^N    s  states of the units, 0 or 1 (…, N)
    W  weights, symmetric, nothing on the diagonal (N, N)    b  biases (N)    T  temperature    E  energy
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn


def all_states(N: int) -> Tensor:
    """Every state of N units, counting up in binary; unit 0 is the first digit.  (2^N, N)"""
    places = torch.arange(N - 1, -1, -1)  # (N,)
    return (torch.arange(2**N)[:, None] >> places & 1).float()


def state_number(s: Tensor) -> Tensor:
    """The row of each state in ``all_states``.  (…, N) → (…)"""
    N = s.shape[-1]
    return (s.long() << torch.arange(N - 1, -1, -1)).sum(-1)


def energy(s: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """E(s) = −½ sᵀ W s − bᵀ s: each pair that is on together counts once.  (…, N) → (…)"""
    return -((s @ W) * s).sum(-1) / 2 - (s * b).sum(-1)


def probabilities(E: Tensor, T: float) -> Tensor:
    """p(s) = exp(−E(s)/T) / Σ over all states of exp(−E/T).  (S) → (S)"""
    return torch.softmax(-E / T, -1)


def on_probability(s: Tensor, W: Tensor, b: Tensor, T: float) -> Tensor:
    """p(s_i = 1 | the others) = σ((Σ over j of w_ij s_j + b_i) / T).  (C, N) → (C, N)"""
    return torch.sigmoid((s @ W + b) / T)


def one_by_one(s: Tensor, W: Tensor, b: Tensor, T: float, order: Sequence[int], draws: torch.Generator) -> Tensor:
    """One sweep of Gibbs sampling: each unit in turn is drawn, given the others as they are now.  (C, N)"""
    s, chance = s.clone(), torch.rand(s.shape, generator=draws)  # (C, N)
    for unit in order:
        s[:, unit] = (chance[:, unit] < torch.sigmoid((s @ W[:, unit] + b[unit]) / T)).float()
    return s


def all_at_once(s: Tensor, W: Tensor, b: Tensor, T: float, draws: torch.Generator) -> Tensor:
    """All units are drawn at the same moment, given the others as they were before.  (C, N)"""
    return (torch.rand(s.shape, generator=draws) < on_probability(s, W, b, T)).float()


def total_variation(p: Tensor, q: Tensor) -> Tensor:
    """½ Σ over states of |p − q|: 0 if equal, 1 if nothing is shared.  (…, S) → (…)"""
    return (p - q).abs().sum(-1) / 2


def frequencies(numbers: Tensor, states: int) -> Tensor:
    """How often each state stands in a list of state numbers, as shares.  (…) → (S)"""
    counts = torch.bincount(numbers.flatten(), minlength=states).float()  # (S,)
    return counts / counts.sum()


class BoltzmannTrace(NamedTuple):
    on: Tensor  # (C, N) chance of each unit to be on, given the other units after the sweep


class BoltzmannMachine(nn.Module):
    """One call is one sweep over all units of all chains."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(units, units))
        self.bias = nn.Parameter(torch.empty(units))

    def forward(
        self, s: Tensor, T: float, draws: torch.Generator, order: Sequence[int] | None = None
    ) -> tuple[Tensor, BoltzmannTrace]:
        """Without an ``order``, in that of the units."""
        W, b = self.weight, self.bias
        s = one_by_one(s, W, b, T, range(len(b)) if order is None else order, draws)
        return s, BoltzmannTrace(on_probability(s, W, b, T))
