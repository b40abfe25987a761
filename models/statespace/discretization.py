"""From a differential equation to a recurrence: x' = A x + B u, sampled every Δ, becomes x_k = Ā x_{k−1} + B̄ u_k.

Papers: Gu et al. 2022, "Efficiently Modeling Long Sequences with Structured State Spaces" (bilinear, one input sample
a step); Gu & Dao 2023, "Mamba", section 2 (zero-order hold). A is diagonal here, so that every rule is a rule for
numbers; ``models.statespace.hippo`` holds the input of a system with a whole matrix.

Symbols
    a  eigenvalues of A, complex, real part below 0 (…, N)      b  input weights (…, N)      Δ  step, above 0 (…, 1)
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Discrete(NamedTuple):
    """The recurrence of one step: x_k = kept · x_{k−1} + taken · u_k."""

    kept: Tensor  # (…, N) Ā
    taken: Tensor  # (…, N) B̄


Rule = Callable[[Tensor, Tensor, Tensor], Discrete]
"""a, b and Δ → Ā and B̄."""


def zero_order_hold(a: Tensor, b: Tensor, delta: Tensor) -> Discrete:
    """Ā = exp(Δa), B̄ = (exp(Δa) − 1) / a · b: exact if the input stands still during a step."""
    return Discrete((delta * a).exp(), torch.special.expm1(delta * a) / a * b)


def bilinear(a: Tensor, b: Tensor, delta: Tensor) -> Discrete:
    """Ā = (1 + Δa/2) / (1 − Δa/2), B̄ = Δ / (1 − Δa/2) · b: the trapezoid rule, with one input sample a step."""
    half = delta * a / 2
    return Discrete((1 + half) / (1 - half), delta / (1 - half) * b)


def forward_euler(a: Tensor, b: Tensor, delta: Tensor) -> Discrete:
    """Ā = 1 + Δa, B̄ = Δ b: the slope at the beginning, kept for a whole step."""
    return Discrete(1 + delta * a, delta * b)


def exact_decay_simple_input(a: Tensor, b: Tensor, delta: Tensor) -> Discrete:
    """Ā = exp(Δa), B̄ = Δ b: the shortcut of Mamba's code."""
    return Discrete((delta * a).exp(), delta * b)


RULES: dict[str, Rule] = {
    "zero-order hold": zero_order_hold,
    "bilinear": bilinear,
    "forward Euler": forward_euler,
    "exact Ā, simple B̄": exact_decay_simple_input,
}


def stepped(step: Discrete, u: Tensor) -> Tensor:
    """x_k = Ā x_{k−1} + B̄ u_k from x = 0, for the samples u (T,): (T, N)."""
    x, states = torch.zeros_like(step.taken), []
    for sample in u:
        x = step.kept * x + step.taken * sample
        states.append(x)
    return torch.stack(states)


def both_ends(step: Discrete, u: Tensor) -> Tensor:
    """x_k = Ā x_{k−1} + B̄ (u_{k−1} + u_k) / 2, from u = 0 before the first: the textbook's trapezoid rule.  (T, N)"""
    return stepped(step, (u + torch.cat([torch.zeros_like(u[:1]), u[:-1]])) / 2)
