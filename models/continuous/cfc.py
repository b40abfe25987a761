"""Closed-form continuous-time cells: a liquid cell's answer to a held input without a solver, and the gated form.

Paper: Hasani et al. 2022, "Closed-form continuous-time neural networks", Nature Machine Intelligence 4
(the liquid cell, its closed form, and the gated form that is trained instead).

Symbols
    u  input                  x  state (B, D)          w  leak, per second          A  potential
    f  opening of the synapse, 0 to 1                  t  seconds since the last input (B, 1)
    g, h  two candidates (B, D)                        b  backbone (B, M)           B  sequences
    T  inputs in time         N  inputs at once        D  cells                     M  units of the backbone
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

Input = Callable[[Tensor], Tensor]
"""u(t)"""

STEEPNESS = 4.0


def opening(u: Tensor) -> Tensor:
    """f(u) = σ(4 u)"""
    return torch.sigmoid(STEEPNESS * u)


def liquid_slope(x: Tensor, u: Tensor, w: float, A: float) -> Tensor:
    """dx/dt = −(w + f(u)) x + f(u) A"""
    return -(w + opening(u)) * x + opening(u) * A


def held_input(x: Tensor, u: Tensor, t: float, w: float, A: float) -> Tensor:
    """x(t) = x∞ + (x − x∞) exp(−(w + f(u)) t), x∞ = f(u) A / (w + f(u)): exact while u does not move."""
    rate = w + opening(u)
    end = opening(u) * A / rate
    return end + (x - end) * torch.exp(-rate * t)


def settling_at_a(x: Tensor, u: Tensor, t: float, w: float, A: float) -> Tensor:
    """x(t) = A + (x − A) exp(−(w + f(u)) t): as if the leak pulled to A as well."""
    return A + (x - A) * torch.exp(-(w + opening(u)) * t)


def fused_substeps(x: Tensor, u: Input, start: Tensor, t: float, w: float, A: float, steps: int) -> Tensor:
    """x ← (x + h f A) / (1 + h (w + f)), ``steps`` times, each with the input of its own moment."""
    h = t / steps
    for step in range(steps):
        f = opening(u(start + (step + 1) * h))
        x = (x + h * f * A) / (1 + h * (w + f))
    return x


class CfCTrace(NamedTuple):
    """What the cells did."""

    states: Tensor  # (B, T, D)
    gates: Tensor  # (B, T, D) 0: g alone, 1: h alone


def time_gate(fa: Tensor, fb: Tensor, t: Tensor) -> Tensor:
    """σ(f_a t + f_b): how far the second candidate has taken over after t"""
    return torch.sigmoid(fa * t + fb)


def gated_form(gate: Tensor, g: Tensor, h: Tensor) -> Tensor:
    """x′ = (1 − gate) ⊙ g + gate ⊙ h"""
    return (1 - gate) * g + gate * h


class CfC(nn.Module):
    """A backbone that reads input and state, and four heads: candidates g and h, and the two parts of the gate."""

    def __init__(self, N: int, D: int, M: int) -> None:
        super().__init__()
        self.backbone = nn.Linear(N + D, M)
        self.g, self.h, self.fa, self.fb = (nn.Linear(M, D) for _ in range(4))

    def step(self, u: Tensor, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """The state ``t`` after the input, and the gate."""
        b = 1.7159 * torch.tanh(0.666 * self.backbone(torch.cat([u, x], -1)))  # (B, M)
        gate = time_gate(self.fa(b), self.fb(b), t)  # (B, D)
        return gated_form(gate, torch.tanh(self.g(b)), torch.tanh(self.h(b))), gate

    def forward(self, u: Tensor, t: Tensor) -> tuple[Tensor, CfCTrace]:
        """States (B, T, D) for inputs u (B, T, N), each ``t`` (B, T) after its input."""
        x = u.new_zeros(u.shape[0], self.g.out_features)  # (B, D)
        steps = []
        for number in range(u.shape[1]):
            x, gate = self.step(u[:, number], x, t[:, number, None])
            steps.append((x, gate))
        states, gates = (torch.stack(parts, 1) for parts in zip(*steps))  # (B, T, D)
        return states, CfCTrace(states, gates)
