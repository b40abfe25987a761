"""A recurrent cell with a linear readout: what is read, and what is made of the state at every step."""

from typing import Any

from torch import Tensor, nn


class Reader(nn.Module):
    """``cell`` maps (B, T, I) to states (B, T, D) and a trace; the readout is W h + b, (B, T, O)."""

    cell: Any  # a module of this room

    def __init__(self, cell: nn.Module, width: int, outputs: int) -> None:
        super().__init__()
        self.cell = cell
        self.readout = nn.Linear(width, outputs)

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Logits (B, T, O) and the trace of the cell, which starts from ``state``."""
        states, trace = self.cell(x) if state is None else self.cell(x, state)
        return self.readout(states), trace
