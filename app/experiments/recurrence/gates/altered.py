"""A trained LSTM or GRU with one mechanism changed, its weights kept."""

import copy
from typing import Literal

import torch
from torch import Tensor

from models.data.marked_digits import Marked
from models.recurrence.gru import GRU
from models.recurrence.gru_conventions import Overwriting, ResetBefore
from models.recurrence.lstm import LSTM, LSTMState, LSTMTrace, gates, next_cell, read_cell
from models.recurrence.reader import Reader

Alteration = Literal[
    "none",
    "input gates of storing cells at their mean",
    "forget gates of storing cells at their mean",
    "gates loaded in ONNX order",
    "z and 1 − z swapped",
    "swapped, gate weights negated",
    "reset before the product",
]
"""The first four are of the LSTM, the others of the GRU; one that is of the other cell changes nothing."""


class HeldGates(LSTM):
    """Some units' input or forget gates are constants."""

    held_input: Tensor  # (D,) not a number where a gate is left alone
    held_forget: Tensor  # (D,)

    def forward(self, x: Tensor, state: LSTMState | None = None) -> tuple[Tensor, LSTMTrace]:
        from_x = self.from_input(x)
        h = c = torch.zeros_like(from_x[:, 0, : self.from_state.in_features])
        steps = []
        for t in range(x.shape[1]):
            i, f, g, o = gates(from_x[:, t], self.from_state(h))
            i = torch.where(self.held_input.isnan(), i, self.held_input)
            f = torch.where(self.held_forget.isnan(), f, self.held_forget)
            c = next_cell(i, f, g, c)
            h = read_cell(o, c)
            steps.append((i, f, g, o, c, h))
        trace = LSTMTrace(*(torch.stack(parts, dim=1) for parts in zip(*steps)))
        return trace.states, trace


def altered(model: Reader, alteration: Alteration, other: Marked, storing: list[int]) -> Reader:
    """The network itself, or a changed copy; means are taken over the texts ``other``."""
    cell = model.cell
    of_lstm = alteration.startswith(("input", "forget", "gates"))
    if alteration == "none" or isinstance(cell, LSTM) != of_lstm:
        return model
    changed = copy.deepcopy(model)
    if isinstance(cell, GRU):
        changed.cell.__class__ = ResetBefore if alteration.startswith("reset") else Overwriting
        if alteration.startswith("swapped"):
            changed.cell.negate_gate()
    elif alteration.startswith("gates"):
        for weight in changed.cell.parameters():
            i, f, g, o = weight.data.chunk(4)
            weight.data = torch.cat([i, g, o, f])
    else:
        trace = model(other.x)[1]
        changed.cell.__class__ = HeldGates
        for name, gate in (("input", trace.input), ("forget", trace.forget)):
            mean = gate.mean(dim=(0, 1))
            held = torch.full_like(mean, torch.nan)
            if alteration.startswith(name):
                held[storing] = mean[storing]
            setattr(changed.cell, f"held_{name}", held)
    return changed
