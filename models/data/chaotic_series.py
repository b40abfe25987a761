"""The Lorenz system: a curve that can be predicted only as long as a small error stays small.

Papers: Lorenz 1963, "Deterministic Nonperiodic Flow", equations 25 to 27 with σ = 10, r = 28, b = 8/3.

Symbols
    x, y, z  the state        h  time between two samples        T  samples        Λ  largest Lyapunov exponent
"""

import torch
from torch import Tensor

INTERVAL = 0.02
LYAPUNOV_EXPONENT = 0.906
"""Λ per unit of time: a small error grows e-fold within 1 / Λ, a Lyapunov time. A test measures it."""
SETTLING = 1000

State = tuple[float, float, float]


def derivative(s: State) -> State:
    """(10 (y − x), x (28 − z) − y, x y − 8/3 z)"""
    x, y, z = s
    return 10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z


def runge_kutta_step(s: State, h: float) -> State:
    """The state h later, by the classical method of order four."""

    def moved(k: State, by: float) -> State:
        return s[0] + by * k[0], s[1] + by * k[1], s[2] + by * k[2]

    a = derivative(s)
    b = derivative(moved(a, h / 2))
    c = derivative(moved(b, h / 2))
    d = derivative(moved(c, h))
    return moved(tuple((a[i] + 2 * b[i] + 2 * c[i] + d[i]) / 6 for i in range(3)), h)  # type: ignore[arg-type]


def lorenz(samples: int, draws: torch.Generator) -> Tensor:
    """(T, 3) from a random start, on the attractor, each column with mean 0 and standard deviation 1."""
    s: State = tuple(torch.randn(3, generator=draws).tolist())
    found = []
    for _ in range(SETTLING + samples):
        s = runge_kutta_step(s, INTERVAL)
        found.append(s)
    values = torch.tensor(found[SETTLING:], dtype=torch.double)
    return ((values - values.mean(dim=0)) / values.std(dim=0)).float()
