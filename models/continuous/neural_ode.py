"""A neural ODE that classifies points: one field moves them from depth 0 to depth 1, a linear layer reads the end.

Works: Chen et al. 2018, "Neural Ordinary Differential Equations", section 1 (equation 2);
Dupont, Doucet & Teh 2019, "Augmented Neural ODEs" (added dimensions, which begin at zero).

Symbols
    x  points (P, 2)      z  state (P, D)          D  2 + added dimensions       M  hidden units of the field
    P  points             W₁ weights (M, D)        W₂ weights (D, M)             K  classes
    S  steps of the solver
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.continuous.solvers import Method, Path, fixed


class NeuralODETrace(NamedTuple):
    """Where the points went."""

    path: Path  # states (S + 1, P, D)
    logits: Tensor  # (P, K)


def velocity(z: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    """dz/dt = W₂ tanh(W₁ z + b₁) + b₂"""
    hidden = torch.tanh(z @ W1.T + b1)  # (P, M)
    return hidden @ W2.T + b2


def augmented(x: Tensor, added: int) -> Tensor:
    """z(0) = (x, 0, …, 0)"""
    return torch.cat([x, x.new_zeros(*x.shape[:-1], added)], -1)


def folds(z: Tensor, h: float, W1: Tensor, b1: Tensor, W2: Tensor) -> Tensor:
    """det(1 + h ∂f/∂z) of one Euler step at each state: below 0 the step turns the plane over, and paths cross."""
    slope = 1 - torch.tanh(z @ W1.T + b1) ** 2  # (P, M)
    jacobian = torch.einsum("dm,pm,me->pde", W2, slope, W1)  # (P, D, D)
    return torch.linalg.det(torch.eye(z.shape[-1]) + h * jacobian)


class ODEField(nn.Module):
    """The velocity of a state, with weights of its own; the last ``held`` dimensions stay where they are."""

    def __init__(self, D: int, M: int, *, held: int = 0) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(D, M), nn.Linear(M, D)
        self.moving = D - held

    def forward(self, z: Tensor) -> Tensor:
        v = velocity(z, self.first.weight, self.first.bias, self.second.weight, self.second.bias)  # (P, D)
        return v * (torch.arange(v.shape[-1]) < self.moving)


class NeuralODE(nn.Module):
    """Points, a field that moves them, and a linear layer behind it."""

    def __init__(
        self, M: int, *, added: int = 0, held: int = 0, method: Method = "Runge–Kutta 4", steps: int = 8
    ) -> None:
        super().__init__()
        self.added, self.method, self.steps = added, method, steps
        self.field = ODEField(2 + added, M, held=held)
        self.out = nn.Linear(2 + added, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, NeuralODETrace]:
        return self.read(fixed(self.field, augmented(x, self.added), self.method, self.steps))

    def read(self, path: Path) -> tuple[Tensor, NeuralODETrace]:
        """The logits at the end of a path that any solver found."""
        logits = self.out(path.states[-1])  # (P, K)
        return logits, NeuralODETrace(path, logits)
