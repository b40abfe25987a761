"""Long short-term memory: a cell that gates write to, keep and read from.

Papers: Hochreiter & Schmidhuber 1997, "Long Short-Term Memory"; Gers, Schmidhuber & Cummins 2000, "Learning to
Forget", for the forget gate. The gates stand in torch's order: input, forget, candidate, output.

Symbols
    x  input (B, T, I)      h  state (B, D)      c  cell (B, D)      g  candidate (B, D)
    i, f, o  input, forget and output gate (B, D), each between 0 and 1
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class LSTMState(NamedTuple):
    """What goes from one step to the next."""

    h: Tensor  # (B, D)
    c: Tensor  # (B, D)


class LSTMTrace(NamedTuple):
    """Every gate, candidate, cell and state."""

    input: Tensor  # (B, T, D)
    forget: Tensor  # (B, T, D)
    candidate: Tensor  # (B, T, D)
    output: Tensor  # (B, T, D)
    cells: Tensor  # (B, T, D)
    states: Tensor  # (B, T, D)


def gates(from_x: Tensor, from_h: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """i, f, o = σ(W x + b + U h), g = tanh(W x + b + U h): each of four has rows of its own in W, b and U.

    ``from_x`` and ``from_h`` (B, 4D) hold W x + b and U h of i, f, g and o side by side.
    """
    i, f, g, o = (from_x + from_h).chunk(4, dim=-1)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


def next_cell(i: Tensor, f: Tensor, g: Tensor, c: Tensor) -> Tensor:
    """c' = f ⊙ c + i ⊙ g"""
    return f * c + i * g  # (B, D)


def read_cell(o: Tensor, c: Tensor) -> Tensor:
    """h = o ⊙ tanh(c)"""
    return o * c.tanh()  # (B, D)


class LSTM(nn.Module):
    """One layer, read from left to right."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.from_input = nn.Linear(inputs, 4 * width)
        self.from_state = nn.Linear(width, 4 * width, bias=False)

    def start(self, forget: float = 1.0, input: float = 0.0, candidate: float = 0.0) -> "LSTM":
        """Before training: the biases. A forget gate that begins at σ(``forget``) keeps as much of the cell."""
        with torch.no_grad():
            for part, bias in zip(self.from_input.bias.chunk(4), (input, forget, candidate, 0.0), strict=True):
                part.fill_(bias)
        return self

    def forward(self, x: Tensor, state: LSTMState | None = None) -> tuple[Tensor, LSTMTrace]:
        """The state after every step (B, T, D), from ``state`` on."""
        from_x = self.from_input(x)  # (B, T, Z)
        zeros = torch.zeros_like(from_x[:, 0, : self.from_state.in_features])  # (B, D)
        h, c = state or (zeros, zeros)
        steps = []
        for t in range(x.shape[1]):
            i, f, g, o = gates(from_x[:, t], self.from_state(h))
            c = next_cell(i, f, g, c)
            h = read_cell(o, c)
            steps.append((i, f, g, o, c, h))
        trace = LSTMTrace(*(torch.stack(parts, dim=1) for parts in zip(*steps)))
        return trace.states, trace
