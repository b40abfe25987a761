"""How fast trained cells follow: their time constants, and how far a measurement moves the estimate."""

from typing import NamedTuple

import torch
from torch import Tensor

from models.continuous.liquid_reader import LiquidReader
from models.continuous.relaxation import relaxation_times, step_derivative
from models.data.changing_pace import Paced


class Gains(NamedTuple):
    """A quantity by pace; of most, how far the estimate moves per unit of a new measurement."""

    quiet: float
    busy: float


def states_before(model: LiquidReader, data: Paced) -> Tensor:
    """The states (B T, D) that each measurement finds."""
    states = model.cells(data.x, data.elapsed)[0].detach()
    return torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], 1).flatten(0, 1)


def effective_times(model: LiquidReader, data: Paced) -> Tensor:
    """The longest effective time constant at every step of some sequences (B, T)."""
    elapsed = data.elapsed.flatten()
    J = step_derivative(model.cells, data.x.flatten(0, 1), states_before(model, data), elapsed)
    return relaxation_times(J, elapsed)[:, 0].view_as(data.elapsed)


def gains(model: LiquidReader, data: Paced) -> Gains:
    """The derivative of each estimate by the measurement just read, the state before it held; mean by pace."""
    with torch.enable_grad():
        before = states_before(model, data)
        x = data.x.flatten(0, 1).clone().requires_grad_()
        v, _ = model.cells.step(x, before, data.elapsed.flatten()[:, None])
        (slope,) = torch.autograd.grad(model.readout(v).sum(), x)
    moved = slope[:, 0].view_as(data.y) / 5  # a measurement is scaled to a fifth
    busy = data.busy > 0
    return Gains(moved[~busy].mean().item(), moved[busy].mean().item())
