"""Gradient descent with momentum, written out.

Paper: Polyak 1964, "Some Methods of Speeding Up the Convergence of Iteration Methods" (the heavy ball).

Symbols
    θ  parameters        g  gradient ∂L/∂θ        v  velocity        η  rate        μ  momentum
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def velocity(v: Tensor, g: Tensor, momentum: float) -> Tensor:
    """v ← μ v + g: gradients that agree add up."""
    return momentum * v + g


class Descent:
    """``step`` moves the parameters in place: θ ← θ − η v. It needs no more state than one velocity per parameter."""

    def __init__(
        self, parameters: Sequence[Tensor], loss: Callable[[], Tensor], rate: float, momentum: float = 0.9
    ) -> None:
        self.parameters, self.loss, self.rate, self.momentum = list(parameters), loss, rate, momentum
        self.velocities = [torch.zeros_like(parameter) for parameter in self.parameters]

    def step(self, rate: float | None = None) -> float:
        """One step, at its own rate or at this one; returns the loss before it."""
        value = self.loss()
        gradients = torch.autograd.grad(value, self.parameters)
        self.velocities = [velocity(v, g, self.momentum) for v, g in zip(self.velocities, gradients, strict=True)]
        with torch.no_grad():
            for parameter, v in zip(self.parameters, self.velocities, strict=True):
                parameter -= (self.rate if rate is None else rate) * v
        return value.item()
