"""The leaky integrate-and-fire neuron: a membrane that charges, leaks, and is reset when it fires.

Textbook: Gerstner, Kistler, Naud and Paninski 2014, "Neuronal Dynamics", section 1.3 (the neuron, equation 1.5, and its
reset). The membrane's resistance is 1, so that a current and the voltage to which it leads are the same number.

Symbols
    V  membrane voltage (...)        I  current (..., T)       θ  threshold        S  1 where the neuron fires
    τ  membrane time constant, ms    Δt  step, ms              β  decay per step
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

Carry = Callable[[Tensor, Tensor, float, float], Tensor]
"""What is left of the voltage V at the next step, from V, S, θ and β: decay and reset in one."""


class MembraneTrace(NamedTuple):
    """Every step, with the voltage as it was before the reset."""

    voltage: Tensor  # (..., T)
    spikes: Tensor  # (..., T)


def decay(step: float, time_constant: float) -> float:
    """β = exp(−Δt/τ)"""
    return math.exp(-step / time_constant)


def charge(carried: Tensor, current: Tensor, beta: float) -> Tensor:
    """V = carried + (1 − β) I: exact for a current that is constant during the step."""
    return carried + (1 - beta) * current


def fire(voltage: Tensor, threshold: float) -> Tensor:
    """S = 1 where V ≥ θ, else 0"""
    return (voltage >= threshold).to(voltage.dtype)


def soft_reset(voltage: Tensor, spikes: Tensor, threshold: float, beta: float) -> Tensor:
    """β (V − θ S): what lies above the threshold is kept."""
    return beta * (voltage - threshold * spikes)


def hard_reset(voltage: Tensor, spikes: Tensor, threshold: float, beta: float) -> Tensor:
    """β V (1 − S): what lies above the threshold is lost."""
    return beta * voltage * (1 - spikes)


def firing_rate(current: Tensor, threshold: float, time_constant: float) -> Tensor:
    """f = 1 / (τ ln(I / (I − θ))) spikes per ms where I > θ, else 0: in continuous time."""
    interval = time_constant * torch.log(current / (current - threshold))  # (N,)
    return torch.where(current > threshold, 1 / interval, 0.0)


def mean_rate(spikes: Tensor, step: float) -> Tensor:
    """Spikes per ms from the first spike to the last; 0 where there are fewer than two.  (..., T) → (...)"""
    T = spikes.shape[-1]
    at = torch.arange(T, dtype=spikes.dtype)
    first = torch.where(spikes > 0, at, T).amin(-1)
    last = torch.where(spikes > 0, at, -1).amax(-1)
    return torch.where(last > first, (spikes.sum(-1) - 1) / ((last - first) * step).clamp_min(step), 0.0)


class LeakyIntegrateFire(nn.Module):
    """Neurons without weights, stepped from a voltage of 0."""

    def __init__(self, time_constant: float, step: float, threshold: float = 1.0, carry: Carry = soft_reset) -> None:
        super().__init__()
        self.beta, self.threshold, self.carry = decay(step, time_constant), threshold, carry

    def forward(self, current: Tensor) -> tuple[Tensor, MembraneTrace]:
        """Spikes of each neuron (..., T) for its current (..., T)."""
        v = torch.zeros_like(current[..., 0])
        s, steps = v, []
        for t in range(current.shape[-1]):
            v = charge(self.carry(v, s, self.threshold, self.beta), current[..., t], self.beta)
            s = fire(v, self.threshold)
            steps.append((v, s))
        voltage, spikes = (torch.stack(part, dim=-1) for part in zip(*steps))
        return spikes, MembraneTrace(voltage, spikes)
