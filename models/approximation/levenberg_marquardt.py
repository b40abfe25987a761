"""Least squares for small networks: steps between Gauss–Newton and gradient descent, R networks at once.

Papers: Levenberg 1944, "A Method for the Solution of Certain Non-Linear Problems in Least Squares"; Marquardt 1963, "An
Algorithm for Least-Squares Estimation of Nonlinear Parameters".

Symbols
    θ  parameters (R, n)     r  residuals (R, P)     J  ∂r/∂θ (R, P, n)     λ  damping (R,)    R  networks    P  points
"""

from math import prod

import torch
from torch import Tensor, nn
from torch.func import functional_call

START, LOWER, RAISE = 1e-2, 1 / 3, 4.0
"""λ at first, and what it is multiplied by after a step that lowered the loss and after one that did not."""


def damped_step(jacobian: Tensor, residuals: Tensor, damping: Tensor) -> Tensor:
    """δ = (JᵀJ/P + λI)⁻¹ Jᵀr/P, which is subtracted from θ.  (R, P, n), (R, P), (R,) → (R, n)"""
    P, n = jacobian.shape[-2:]
    square = jacobian.mT @ jacobian / P + damping[:, None, None] * torch.eye(n, dtype=jacobian.dtype)  # (R, n, n)
    return torch.linalg.solve(square, jacobian.mT @ residuals[..., None] / P)[..., 0]


class LevenbergMarquardt:
    """Fits a model with parameters (R, 1, …) and outputs (R, P, 1) to targets (P, 1), each network by itself."""

    def __init__(self, model: nn.Module, x: Tensor, targets: Tensor) -> None:
        self.model, self.x, self.targets = model, x, targets
        self.names = [name for name, _ in model.named_parameters()]
        self.shapes = [one.shape[2:] for one in model.parameters()]
        self.damping = torch.full((len(next(model.parameters())),), START, dtype=x.dtype)  # (R,)

    def _residuals(self, flat: Tensor) -> Tensor:
        """(R, 1 or P, n) → (R, P): with P rows, every point has a copy of the parameters of its own."""
        parts = flat.split(list(map(prod, self.shapes)), -1)
        named = {name: part.unflatten(-1, shape) for name, part, shape in zip(self.names, parts, self.shapes)}
        return (functional_call(self.model, named, (self.x,))[0] - self.targets)[..., 0]

    def step(self) -> Tensor:
        """One step of every network; it is taken back where the loss would rise. Mean squared errors now (R,)."""
        theta = torch.cat([one.detach().flatten(2) for one in self.model.parameters()], -1)  # (R, 1, n)
        copies = theta.expand(-1, len(self.targets), -1).clone().requires_grad_()  # (R, P, n)
        residuals = self._residuals(copies)  # (R, P)
        (jacobian,) = torch.autograd.grad(residuals.sum(), copies)
        with torch.no_grad():
            before = residuals.square().mean(-1)  # (R,)
            proposed = theta - damped_step(jacobian, residuals, self.damping)[:, None]  # (R, 1, n)
            after = self._residuals(proposed).square().mean(-1)  # (R,)
            better = after < before  # (R,)
            theta = torch.where(better[:, None, None], proposed, theta)  # (R, 1, n)
            self.damping = (self.damping * torch.where(better, LOWER, RAISE)).clamp(1e-10, 1e8)  # (R,)
            for one, part in zip(self.model.parameters(), theta.split(list(map(prod, self.shapes)), -1)):
                one.copy_(part.view_as(one))
            return torch.where(better, after, before)
