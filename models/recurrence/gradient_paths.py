"""The two ways that a gradient takes back through an LSTM: along the cell, and around it through the gates.

Papers: Hochreiter & Schmidhuber 1997, "Long Short-Term Memory" (constant error flow); Gers, Schmidhuber & Cummins
2000, "Learning to Forget".

Symbols
    f  forget gates (B, T, D)      c  cells (B, T, D)      j  one unit
"""

import torch
from torch import Tensor

from models.recurrence.lstm import LSTM, gates, next_cell, read_cell


def along_the_cell(forget: Tensor) -> Tensor:
    """∂c_T/∂c_t with all gates held: Π f_s over s from t + 1 to T, unit by unit; (B, T, D), 1 at the last step."""
    after = torch.cat([forget[:, 1:], torch.ones_like(forget[:, :1])], dim=1)  # (B, T, D)
    return after.flip(1).cumprod(dim=1).flip(1)


def whole_gradient(cell: LSTM, x: Tensor, unit: int, held: bool = False) -> Tensor:
    """∂c_T[j]/∂c_t by all ways: (B, T, D). ``held``: the state counts as a constant in the gates."""
    from_x = cell.from_input(x)
    h = c = torch.zeros_like(from_x[:, 0, : cell.from_state.in_features]).requires_grad_()  # (B, D)
    cells = []
    for t in range(x.shape[1]):
        i, f, g, o = gates(from_x[:, t], cell.from_state(h.detach() if held else h))
        c = next_cell(i, f, g, c)
        cells.append(c)
        h = read_cell(o, c)
    found = torch.autograd.grad(c[:, unit].sum(), cells)
    return torch.stack(found, dim=1)  # (B, T, D)
