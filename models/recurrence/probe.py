"""A linear probe: what a linear function can read from states, and how well.

Paper: Alain & Bengio 2016, "Understanding intermediate layers using linear classifier probes".

Symbols
    H  states (N, D)      y  what is to be read (N,)
"""

from collections.abc import Callable

import torch
from torch import Tensor


def ridge(H: Tensor, y: Tensor, strength: float = 1e-4) -> Tensor:
    """w = (HᵀH + λ N I)⁻¹ Hᵀ y, of centred H and y: (D,)."""
    N, D = H.shape
    penalty = strength * N * torch.eye(D, dtype=H.dtype, device=H.device)  # (D, D)
    return torch.linalg.solve(H.T @ H + penalty, H.T @ y)


def fitted(H: Tensor, y: Tensor) -> Callable[[Tensor], Tensor]:
    """The linear function of a state that comes closest to y: (…, D) → (…)."""
    middle, level = H.mean(dim=0), y.mean()
    w = ridge(H - middle, y - level)  # (D,)
    return lambda states: (states - middle) @ w + level


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """r = Σ (a − ā)(b − b̄) / √(Σ (a − ā)² Σ (b − b̄)²), over the first dimension."""
    a, b = a - a.mean(dim=0), b - b.mean(dim=0)
    return (a * b).sum(dim=0) / ((a**2).sum(dim=0) * (b**2).sum(dim=0)).sqrt()
