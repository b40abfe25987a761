"""The gated recurrent unit: a state that each step may keep, replace or forget in parts.

Paper: Cho et al. 2014, "Learning Phrase Representations using RNN Encoder–Decoder", section 2.3, equations 5 to 8;
the reset gate is applied after the product, as in torch and cuDNN, and z keeps instead of replaces.

Symbols
    x  input (B, T, I)      h  state (B, D)      r, z  reset and update gates (B, D)      n  candidate (B, D)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class GRUTrace(NamedTuple):
    """The gates and states of every step."""

    reset: Tensor  # (B, T, D) 0: the candidate does not see the old state
    update: Tensor  # (B, T, D) 1: the old state is kept
    states: Tensor  # (B, T, D)


def gru_step(from_x: Tensor, from_h: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """r, z = σ(W x + U h), n = tanh(W x + r ⊙ U h), h' = (1 − z) ⊙ n + z ⊙ h; returns h', r and z.

    ``from_x`` and ``from_h`` (B, 3D) are the projections W x + b and U h + c, for r, z and n side by side.
    """
    reset_x, update_x, candidate_x = from_x.chunk(3, dim=-1)
    reset_h, update_h, candidate_h = from_h.chunk(3, dim=-1)
    r = (reset_x + reset_h).sigmoid()  # (B, D)
    z = (update_x + update_h).sigmoid()  # (B, D)
    n = (candidate_x + r * candidate_h).tanh()  # (B, D)
    return (1 - z) * n + z * h, r, z


class GRU(nn.Module):
    """One layer; as wide inside as outside, unless told how many ``inputs`` there are."""

    def __init__(self, width: int, inputs: int | None = None) -> None:
        super().__init__()
        self.from_input = nn.Linear(inputs or width, 3 * width)
        self.from_state = nn.Linear(width, 3 * width)

    def start(self, keep: float = 0.0) -> "GRU":
        """Before training: an update gate that begins at σ(``keep``) keeps as much of the state."""
        with torch.no_grad():
            self.from_input.bias.chunk(3)[1].fill_(keep)
        return self

    def step(self, from_x: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The next state, and its gates."""
        return gru_step(from_x, self.from_state(h), h)

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, GRUTrace]:
        """The state after every step (B, T, D), which is also the output; from ``state`` (B, D), or zeros, on."""
        inputs = self.from_input(x)  # (B, T, Z)
        h = inputs.new_zeros(len(x), self.from_state.in_features) if state is None else state  # (B, D)
        steps = []
        for t in range(x.shape[1]):
            h, r, z = self.step(inputs[:, t], h)
            steps.append((r, z, h))
        reset, update, states = (torch.stack(parts, dim=1) for parts in zip(*steps))  # (B, T, D)
        return states, GRUTrace(reset, update, states)
