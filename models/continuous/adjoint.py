"""The adjoint method: gradients of a neural ODE from a second ODE that is solved backwards, with no stored states.

Works: Chen et al. 2018, "Neural Ordinary Differential Equations", section 2 (equations 3 to 5, algorithm 1);
Gholami, Keutzer & Biros 2019, "ANODE", section 3 (a backward solve that leaves the forward path, and stored states).

Symbols
    z  state (P, D)        L  loss             a  adjoint ∂L/∂z (P, D)        θ  weights of the field
    ε  tolerance           t  time from 0 to 1, gone through backwards         λ  rate of contraction
    P  points              D  dimensions         W  weights in all          S  steps of the solver
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.continuous.solvers import adaptive


class Contracted(nn.Module):
    """f(z) − λ z: the given field, and a pull to the middle."""

    def __init__(self, field: nn.Module, rate: float) -> None:
        super().__init__()
        self.field, self.rate = field, rate

    def forward(self, z: Tensor) -> Tensor:
        return self.field(z) - self.rate * z


class Backward(NamedTuple):
    """What a backward solve found."""

    gradient: Tensor  # (W,) of all weights of the field, one after the other
    of_start: Tensor  # (P, D) by the state at time 0
    start: Tensor  # (P, D) the state at time 0 as it was recomputed
    states: Tensor  # (S + 1, P, D) from time 1 to time 0
    evaluations: int


def adjoint_slopes(field: nn.Module, z: Tensor, a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """dz/dt = f, da/dt = −aᵀ ∂f/∂z, dg/dt = −aᵀ ∂f/∂θ"""
    weights = list(field.parameters())
    with torch.enable_grad():
        z = z.detach().requires_grad_()
        f = field(z)  # (P, D)
        of_z, *of_weights = torch.autograd.grad(f, [z, *weights], a, allow_unused=True)
    flat = torch.cat([torch.zeros_like(w).flatten() if g is None else g.flatten() for w, g in zip(weights, of_weights)])
    return f.detach(), -of_z, -flat


def adjoint(
    field: nn.Module, end: Tensor, a: Tensor, tolerance: float, stored: Sequence[tuple[float, Tensor]] = ()
) -> Backward:
    """Backwards from the state and its adjoint at time 1, with the state recomputed on the way.

    Each of ``stored``, a time and the state that the forward solve had there, replaces the recomputed one.
    """
    return _backwards(lambda z, a: adjoint_slopes(field, z, a), field, end, a, tolerance, stored)


def adjoint_at_the_end(field: nn.Module, end: Tensor, a: Tensor, tolerance: float) -> Backward:
    """A mistake: the slopes of ``a`` and of the gradient are taken at z(1) all the way."""

    def slopes(z: Tensor, a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        f, of_z, of_weights = adjoint_slopes(field, end, a)
        return torch.zeros_like(f), of_z, of_weights

    return _backwards(slopes, field, end, a, tolerance, ())


def _backwards(
    slopes: Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]], field: nn.Module, end: Tensor, a: Tensor,
    tolerance: float, stored: Sequence[tuple[float, Tensor]],
) -> Backward:  # fmt: skip
    sizes = (end.numel(), end.numel(), sum(weight.numel() for weight in field.parameters()))

    def together(whole: Tensor) -> Tensor:
        z, a, _ = whole.split(sizes)
        return torch.cat([part.flatten() for part in slopes(z.view_as(end), a.view_as(end))])

    whole = torch.cat([end.flatten(), a.flatten(), end.new_zeros(sizes[2])])  # (2PD + W,)
    time, evaluations, states = 1.0, 0, [end]
    for until, kept in [*sorted(stored, key=lambda one: -one[0]), (0.0, None)]:
        path = adaptive(together, whole, tolerance, time, until)
        whole, time, evaluations = path.states[-1], until, evaluations + path.evaluations
        states += [part[: sizes[0]].view_as(end) for part in path.states[1:]]
        if kept is not None:
            whole = torch.cat([kept.flatten(), whole[sizes[0] :]])
    z, a, gradient = whole.split(sizes)
    return Backward(gradient, a.view_as(end), z.view_as(end), torch.stack(states), evaluations)
