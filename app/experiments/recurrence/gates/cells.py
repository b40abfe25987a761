"""An LSTM and a GRU under one name each: what their gates do, and which units store the digit."""

from typing import NamedTuple

import torch
from torch import Tensor

from models.data.marked_digits import DIGITS, NOT_ASKED, Marked
from models.recurrence.gru import GRU, GRUTrace
from models.recurrence.lstm import LSTM, LSTMTrace
from models.recurrence.reader import Reader


class Gates(NamedTuple):
    """Gates of some units by step (…, T, K), under one name for both cells."""

    writes: Tensor  # input gate, or the overwriting share 1 − z
    keeps: Tensor  # forget gate, or z
    stored: Tensor  # cell, or state


class Inputs(NamedTuple):
    """What the step functions were given for the typed text, all units."""

    from_x: Tensor  # (1, T, …)
    from_h: Tensor  # (1, T, …)
    before: Tensor  # (1, T, D) the cell (GRU: state) that each step began with


def gates_of(trace: LSTMTrace | GRUTrace, units: list[int]) -> Gates:
    """Of the storing units."""
    if isinstance(trace, LSTMTrace):
        return Gates(*(part[..., units] for part in (trace.input, trace.forget, trace.cells)))
    return Gates(*(part[..., units] for part in (1 - trace.update, trace.update, trace.states)))


def inputs_of(cell: LSTM | GRU, x: Tensor, trace: LSTMTrace | GRUTrace) -> Inputs:
    """Of an unaltered cell."""
    shifted = lambda part: torch.cat([torch.zeros_like(part[:, :1]), part[:, :-1]], dim=1)
    stored = trace.cells if isinstance(trace, LSTMTrace) else trace.states
    return Inputs(cell.from_input(x), cell.from_state(shifted(trace.states)), shifted(stored))


def storing_units(model: Reader, text: Marked, count: int) -> list[int]:
    """The units whose stored number depends most on the kept digit, at questions: share of variance between digits."""
    trace = model(text.x)[1]
    stored = trace.cells if isinstance(trace, LSTMTrace) else trace.states
    asked = text.targets != NOT_ASKED
    values, digits = stored[asked], text.targets[asked]
    between = sum(
        (digits == digit).sum() * (values[digits == digit].mean(dim=0) - values.mean(dim=0)) ** 2
        for digit in range(DIGITS)
        if (digits == digit).any()
    )
    share = torch.as_tensor(between) / ((values - values.mean(dim=0)) ** 2).sum(dim=0)
    return [int(unit) for unit in share.argsort(descending=True)[:count]]
