"""A bidirectional network: one cell reads from the left, another from the right, and both states are read out.

Paper: Schuster & Paliwal 1997, "Bidirectional Recurrent Neural Networks".

Symbols
    x  input (B, T, I)      f, b  forward and backward states (B, T, D)      y  read out at every step (B, T, O)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class BidirectionalTrace(NamedTuple):
    """Both states of every step, in the order of the text."""

    forward: Tensor  # (B, T, D)
    backward: Tensor  # (B, T, D)


def reversed_in_time(x: Tensor) -> Tensor:
    """x_T, …, x_1: (B, T, …)."""
    return x.flip(1)


def both(forward: Tensor, backward: Tensor) -> Tensor:
    """[f_t ; b_t]: (B, T, 2D)."""
    return torch.cat([forward, backward], dim=-1)


class Bidirectional(nn.Module):
    """The second of the ``cells`` reads the text reversed; its states are put back into the order of the text."""

    def __init__(self, forward_cell: nn.Module, backward_cell: nn.Module, width: int, outputs: int) -> None:
        super().__init__()
        self.forward_cell, self.backward_cell = forward_cell, backward_cell
        self.readout = nn.Linear(2 * width, outputs)

    def ahead(self, x: Tensor) -> Tensor:
        """The states f of the first cell."""
        return self.forward_cell(x)[0]

    def back(self, x: Tensor) -> Tensor:
        """The states b of the second cell: b_t has read x_T, …, x_t."""
        return reversed_in_time(self.backward_cell(reversed_in_time(x))[0])

    def forward(self, x: Tensor) -> tuple[Tensor, BidirectionalTrace]:
        """y = W [f ; b] + a at every step (B, T, O)."""
        f = self.ahead(x)  # (B, T, D)
        b = self.back(x)  # (B, T, D)
        return self.readout(both(f, b)), BidirectionalTrace(f, b)


class TwiceForward(Bidirectional):
    """Both cells read from the left."""

    def back(self, x: Tensor) -> Tensor:
        return self.backward_cell(x)[0]


class TwiceBackward(Bidirectional):
    """Both cells read from the right."""

    def ahead(self, x: Tensor) -> Tensor:
        return reversed_in_time(self.forward_cell(reversed_in_time(x))[0])


class Delayed(nn.Module):
    """One cell from the left whose answer for a step is read out ``delay`` steps later, behind empty steps."""

    def __init__(self, cell: nn.Module, width: int, outputs: int, delay: int) -> None:
        super().__init__()
        self.cell, self.readout, self.delay = cell, nn.Linear(width, outputs), delay

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """y (B, T, O), and the states that it was read from (B, T, D)."""
        empty = torch.zeros_like(x[:, :1]).expand(-1, self.delay, -1)
        states = self.cell(torch.cat([x, empty], dim=1))[0][:, self.delay :]
        return self.readout(states), states
