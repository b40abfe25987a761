"""One mode of a state space model between its samples: the solution that every discretisation approximates.

Source: variation of constants for a sine; the classical Runge–Kutta method (Butcher 2016, "Numerical Methods for
Ordinary Differential Equations") where the input stands still during a step.

Symbols
    a  eigenvalue      x  state, complex      u  input      ω  angular frequency of the input      Δ  step
    S  samples
"""

import torch
from torch import Tensor

WAVES = ((1.3, 1.0), (2.9, 0.5))
"""ω and size of the sines that the smooth input is made of."""

SUBSTEPS = 16


def smooth_input(time: Tensor) -> Tensor:
    """u(t) = Σ s sin ωt.  (S,)"""
    return torch.stack([size * (omega * time).sin() for omega, size in WAVES]).sum(dim=0)


def smooth_solution(a: complex, time: Tensor) -> Tensor:
    """x(t) = Σ s (ω e^{at} − ω cos ωt − a sin ωt) / (a² + ω²): x' = a x + u from x = 0.  Complex (S,)"""
    parts = [
        size * (omega * (a * time).exp() - omega * (omega * time).cos() - a * (omega * time).sin()) / (a**2 + omega**2)
        for omega, size in WAVES
    ]
    return torch.stack(parts).sum(dim=0)


def held_solution(a: complex, u: Tensor, delta: float) -> Tensor:
    """x(kΔ) where the input is u_k during the k-th step, in so many Runge–Kutta substeps.  Complex (S,)"""
    x, found, h = 0j, [], delta / SUBSTEPS
    for level in u.tolist():
        for _ in range(SUBSTEPS):
            first = a * x + level
            second = a * (x + h / 2 * first) + level
            third = a * (x + h / 2 * second) + level
            fourth = a * (x + h * third) + level
            x = x + h / 6 * (first + 2 * second + 2 * third + fourth)
        found.append(x)
    return torch.tensor(found, dtype=torch.cdouble)
