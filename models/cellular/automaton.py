"""A neural cellular automaton: every cell of a grid follows the same small network and sees its neighbours only.

Paper: Mordvintsev, Randazzo, Niklasson & Levin 2020, "Growing Neural Cellular Automata" (Distill), section Model.
Beyond the border every number is 0. Number 0 of a cell is what is seen of it.

Symbols
    x  state (B, Y, X, C): Y rows and X columns of cells, C numbers per cell      z  what a cell perceives (B, Y, X, P)
    Δ  change (B, Y, X, C)      u  which cells take part in a step (B, Y, X, 1), 0 or 1      P = 3C
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, pad

ALIVE = 0.1


class AutomatonTrace(NamedTuple):
    """The state after every step."""

    states: Tensor  # (B, T, Y, X, C)


def perceived(x: Tensor) -> Tensor:
    """z = (x, Sₓ ∗ x, Sᵧ ∗ x): a cell's own numbers and their slopes along its row and its column

    Sₓ is Sobel's kernel over 3 × 3 cells, the rows (−1, 0, 1), (−2, 0, 2), (−1, 0, 1) over 8; Sᵧ is Sₓ transposed.
    """
    around = pad(x, (0, 0, 1, 1, 1, 1))
    across = around[:, :, 2:] - around[:, :, :-2]
    down = around[:, 2:] - around[:, :-2]
    across = (across[:, :-2] + 2 * across[:, 1:-1] + across[:, 2:]) / 8  # (B, Y, X, C)
    down = (down[:, :, :-2] + 2 * down[:, :, 1:-1] + down[:, :, 2:]) / 8  # (B, Y, X, C)
    return torch.cat([x, across, down], dim=-1)


def alive(x: Tensor) -> Tensor:
    """1 where number 0 exceeds 0.1 in the cell or in one of its eight neighbours, otherwise 0."""
    highest = max_pool2d(x[..., 0], 3, stride=1, padding=1)  # (B, Y, X)
    return (highest > ALIVE).to(x)[..., None]


def step(x: Tensor, change: Tensor, taking_part: Tensor) -> Tensor:
    """x' = (x + u Δ) · alive(x) · alive(x + u Δ)"""
    moved = x + taking_part * change  # (B, Y, X, C)
    return moved * alive(x) * alive(moved)


def seed_cell(size: int, channels: int, rows: int = 1) -> Tensor:
    """One living cell in the middle, all of its numbers 1, in an empty grid."""
    x = torch.zeros(rows, size, size, channels)  # (B, Y, X, C)
    x[:, size // 2, size // 2] = 1
    return x


def erased(x: Tensor, row: Tensor, column: Tensor, radius: Tensor) -> Tensor:
    """The states without the cells of a disc, one for each: its centre and radius (B,), in cells."""
    at = torch.arange(x.shape[1], device=x.device)
    away = (at[:, None] - row[:, None, None]) ** 2 + (at - column[:, None, None]) ** 2  # (B, Y, X)
    return x * (away > radius[:, None, None] ** 2)[..., None]


class Automaton(nn.Module):
    """The rule: two layers, the same in every cell. At the start the second is 0, and nothing changes."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(3 * channels, hidden)
        self.change = nn.Linear(hidden, channels, bias=False)

    def start(self) -> "Automaton":
        """Before training: a rule that changes nothing."""
        with torch.no_grad():
            self.change.weight.zero_()
        return self

    def rule(self, x: Tensor) -> Tensor:
        """Δ = W₂ relu(W₁ z + b)"""
        change: Tensor = self.change(self.hidden(perceived(x)).relu())
        return change

    def forward(self, x: Tensor, taking_part: Tensor) -> tuple[Tensor, AutomatonTrace]:
        """The last state; ``taking_part`` (B, T, Y, X, 1) says which cells change in each step."""
        states = []
        for u in taking_part.unbind(dim=1):
            x = step(x, self.rule(x), u)  # (B, Y, X, C)
            states.append(x)
        return x, AutomatonTrace(torch.stack(states, dim=1))
