"""Cells over unevenly spaced inputs with a linear readout: liquid, of fixed pace, and a GRU that is given the gaps.

Works: Hasani et al. 2021, "Liquid Time-constant Networks", AAAI; Funahashi & Nakamura 1993, "Approximation of
dynamical systems by continuous time recurrent neural networks" (leaky cells, whose pace no input changes).

Symbols
    x  inputs (B, T, N)      Δ  seconds since the last input (B, T)      D  cells      K  outputs
"""

import torch
from torch import Tensor, nn

from models.continuous.liquid import LiquidCells, LiquidTrace
from models.recurrence.gru import GRU, GRUTrace


def leaky_step(v: Tensor, h: Tensor, open_: Tensor, E: Tensor, c: Tensor, leak: Tensor, rest: Tensor) -> Tensor:
    """v′ = (c v / h + g v₀ + Σ_i G_ij E_ij) / (c / h + g): what is open drives the cell and leaves its pace."""
    pulled = (open_ * E).sum(-2)  # (B, D)
    return (c / h * v + leak * rest + pulled) / (c / h + leak)


class LeakyCells(LiquidCells):
    """The same synapses and weights; the time constant is c / g whatever comes in."""

    def step(self, x: Tensor, v: Tensor, elapsed: Tensor) -> tuple[Tensor, Tensor]:
        sensed = self.from_input(x)  # (B, N, D)
        E = torch.cat([self.from_input.E, self.from_cells.E])  # (N + D, D)
        for _ in range(self.unfolds):
            open_ = torch.cat([sensed, self.from_cells(v)], -2)  # (B, N + D, D)
            v = leaky_step(v, elapsed / self.unfolds, open_, E, self.c, self.leak, self.rest)
        return v, (self.c / self.leak).expand_as(v)


class LiquidReader(nn.Module):
    """Liquid or leaky cells and a linear readout of all of them."""

    def __init__(self, cells: LiquidCells, D: int, K: int) -> None:
        super().__init__()
        self.cells = cells
        self.readout = nn.Linear(D, K)

    def forward(self, x: Tensor, elapsed: Tensor) -> tuple[Tensor, LiquidTrace]:
        states, trace = self.cells(x, elapsed)
        return self.readout(states), trace


class GapGRU(nn.Module):
    """A GRU that is given Δ as one more input, and a linear readout."""

    def __init__(self, N: int, D: int, K: int) -> None:
        super().__init__()
        self.cell = GRU(D, N + 1)
        self.readout = nn.Linear(D, K)

    def forward(self, x: Tensor, elapsed: Tensor) -> tuple[Tensor, GRUTrace]:
        given = torch.cat([x, elapsed[..., None]], -1)  # (B, T, N + 1)
        states, trace = self.cell(given)
        return self.readout(states), trace
