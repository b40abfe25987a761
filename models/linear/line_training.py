"""Full-batch gradient descent on lines, many sets side by side, with any loss of what a line says.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", section 4.3 (gradient-based optimisation).

Symbols
    x, y  points (..., N)        a, b  slope and intercept (...)        η  learning rate, falling to zero
"""

from collections.abc import Callable

import torch
from torch import Tensor

from models.linear.line_fit import Line, predicted

Loss = Callable[[Tensor, Tensor], Tensor]
"""Predictions and targets, (..., N) both → (...)"""


def column_minus_row(prediction: Tensor, target: Tensor) -> Tensor:
    """(1/N²) Σₘ Σₙ (ŷₘ − yₙ)²: what (N, 1) − (N,) comes to, every prediction against every target."""
    return (prediction[..., :, None] - target[..., None, :]).square().mean(dim=(-2, -1))


def column_minus_column(prediction: Tensor, target: Tensor) -> Tensor:
    """(1/N) Σₙ (ŷₙ − yₙ)²: what (N, 1) − (N, 1) comes to, both reshaped alike."""
    return (prediction[..., None] - target[..., None]).square().mean(dim=(-2, -1))


def descend(x: Tensor, y: Tensor, start: Line, loss: Loss, steps: int, rate: float) -> list[Line]:
    """The line before the first step and after each; a ← a − η ∂L/∂a, b ← b − η ∂L/∂b."""
    slope, intercept = (value.clone().requires_grad_() for value in start)
    path = [start]
    for step in range(steps):
        value = loss(predicted(Line(slope, intercept), x), y).sum()  # sets do not touch each other
        by_slope, by_intercept = torch.autograd.grad(value, (slope, intercept))
        now = rate * (1 - step / steps)
        with torch.no_grad():
            slope -= now * by_slope
            intercept -= now * by_intercept
        path.append(Line(slope.detach().clone(), intercept.detach().clone()))
    return path
