"""Backpropagation through time, whole and truncated: which earlier steps a loss reaches.

Paper: Werbos 1990, "Backpropagation Through Time: What It Does and How to Do It"; Williams & Peng 1990, "An Efficient
Gradient-Based Algorithm for On-Line Training of Recurrent Network Trajectories", for the truncation.

Symbols
    x  input (B, T, I)      h  states (B, T, D)      L  a loss of one step
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.recurrence.reader import Reader


def in_chunks(cell: nn.Module, x: Tensor, borders: Sequence[int]) -> Tensor:
    """The states (B, T, D): each chunk goes on from the last state of the one before, which counts as a constant.

    ``borders`` are the steps before which the gradient is cut.
    """
    cuts = [0, *borders, x.shape[1]]
    state, parts = None, []
    for start, end in pairwise(cuts):
        states, _ = cell(x[:, start:end], state)
        state = states[:, -1].detach()  # (B, D)
        parts.append(states)
    return torch.cat(parts, dim=1)


class TruncatedReader(Reader):
    """A reader that is trained with the gradient cut before each of ``borders``."""

    def __init__(self, cell: nn.Module, width: int, outputs: int, borders: Sequence[int] = ()) -> None:
        super().__init__(cell, width, outputs)
        self.borders = borders

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Logits (B, T, O); the second is None."""
        borders = [border for border in self.borders if 0 < border < x.shape[1]]
        return self.readout(in_chunks(self.cell, x, borders)), None


def reached(states: Sequence[Tensor], loss: Tensor) -> Tensor:
    """‖∂L/∂h_t‖ for every state h_t (B, D) in the graph of ``loss`` (B,), mean over the rows: (T,)."""
    found = torch.autograd.grad(loss.sum(), list(states), allow_unused=True, materialize_grads=True)
    return torch.stack([gradient.norm(dim=-1).mean() for gradient in found])  # (T,)


def gradient_by_step(reader: Reader, x: Tensor, targets: Tensor, borders: Sequence[int] = ()) -> Tensor:
    """How strongly the loss of the last step depends on the state of each: (T,), 0 beyond a border."""
    state, states = None, []
    for t in range(x.shape[1]):
        if state is not None and t in borders:
            state = state.detach()
        state = reader.cell(x[:, t : t + 1], state)[0][:, 0]  # (B, D)
        states.append(state.requires_grad_())
        state = states[-1]
    return reached(states, cross_entropy(reader.readout(states[-1]), targets, reduction="none"))


def borders_of(length: int, truncation: int) -> list[int]:
    """Counted back from the end, a border after every ``truncation`` steps."""
    return sorted(range(length - truncation, 0, -truncation))
