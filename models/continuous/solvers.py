"""Solvers of dz/dt = f(z): Euler and classical Runge–Kutta with fixed steps, Dormand–Prince with steps of its choice.

Works: Hairer, Nørsett & Wanner 1993, "Solving Ordinary Differential Equations I", sections II.1, II.4 and II.5;
Chen et al. 2018, "Neural Ordinary Differential Equations", section 1 (a network's depth as the solver's time).

Symbols
    f  field                 z  state (...), z⁺ after a step      t  time, called depth        h  length of a step
    k  slopes of one step    e  estimated error    ε  tolerance, relative and absolute
    S  steps taken
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from torch import Tensor

Field = Callable[[Tensor], Tensor]
Method = Literal["Euler", "Runge–Kutta 4"]

EVALUATIONS = {"Euler": 1, "Runge–Kutta 4": 4}
"""Of the field, per step."""


class Path(NamedTuple):
    """The states that a solver went through, and how often it asked the field."""

    states: Tensor  # S + 1 of them, the first before any step
    times: Tensor  # (S + 1,)
    evaluations: int


def euler_step(f: Field, z: Tensor, h: float) -> Tensor:
    """z′ = z + h f(z): a residual block."""
    return z + h * f(z)


def runge_kutta_step(f: Field, z: Tensor, h: float) -> Tensor:
    """z′ = z + h (k₁ + 2 k₂ + 2 k₃ + k₄) / 6"""
    k1 = f(z)
    k2 = f(z + h / 2 * k1)
    k3 = f(z + h / 2 * k2)
    k4 = f(z + h * k3)
    return z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


STEPS = {"Euler": euler_step, "Runge–Kutta 4": runge_kutta_step}


def fixed(f: Field, z: Tensor, method: Method, steps: int, start: float = 0.0, end: float = 1.0) -> Path:
    """Equal steps from ``start`` to ``end``."""
    h = (end - start) / steps
    states = [z]
    for _ in range(steps):
        states.append(STEPS[method](f, states[-1], h))
    return Path(torch.stack(states), torch.linspace(start, end, steps + 1), EVALUATIONS[method] * steps)


NODES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
"""Row i: how far the state for slope i + 2 goes along each earlier slope; the last row is the step of order 5."""

DIFFERENCE = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)
"""The step of order 5 minus that of order 4, by slope."""


def dormand_prince_step(f: Field, z: Tensor, h: float, first: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """z⁺ of order 5, its difference e to order 4, and f(z⁺), which the next step begins with."""
    k = [first]
    for row in NODES:
        stage = z + h * sum(weight * slope for weight, slope in zip(row, k) if weight)
        k.append(f(stage))
    e = h * sum(weight * slope for weight, slope in zip(DIFFERENCE, k) if weight)
    return stage, torch.as_tensor(e), k[-1]


def error_ratio(e: Tensor, z: Tensor, after: Tensor, tolerance: float) -> float:
    """Root of the mean of (e / (ε + ε max(|z|, |z⁺|)))²; a step is kept if it is at most 1."""
    allowed = tolerance + tolerance * torch.maximum(z.abs(), after.abs())
    return (e / allowed).square().mean().sqrt().item()


MOST_STEPS = 400
"""An adaptive solver gives up after so many tries; its last state is then not a number."""


def adaptive(f: Field, z: Tensor, tolerance: float, start: float = 0.0, end: float = 1.0) -> Path:
    """Dormand–Prince: a step whose estimated error is too large is tried again, shorter; a small error lengthens it."""
    t, h = start, (end - start) / 10
    slope, evaluations = f(z), 1
    states, times = [z], [t]
    for _ in range(MOST_STEPS):
        h = h if abs(h) < abs(end - t) else end - t
        after, e, last = dormand_prince_step(f, z, h, slope)
        evaluations += len(NODES)
        ratio = error_ratio(e, z, after, tolerance)
        if ratio <= 1:
            t, z, slope = t + h, after, last
            states.append(z)
            times.append(t)
            if abs(end - t) < 1e-12:
                return Path(torch.stack(states), torch.tensor(times), evaluations)
        h *= min(10.0, max(0.2, 0.9 * max(ratio, 1e-10) ** -0.2)) if ratio == ratio else 0.2  # not a number: shorter
    return Path(torch.stack([*states, torch.full_like(z, torch.nan)]), torch.tensor([*times, end]), evaluations)
