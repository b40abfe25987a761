"""The recurrent network: one state, which each step makes anew from the input and from itself.

Paper: Elman 1990, "Finding Structure in Time"; with tanh, as in torch.

Symbols
    x  input (B, T, I)      h  state (B, D), zeros at first      W  from the input (D, I)      U  from the state (D, D)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class RNNTrace(NamedTuple):
    """What every step left."""

    states: Tensor  # (B, T, D)


def rnn_step(from_x: Tensor, from_h: Tensor) -> Tensor:
    """h' = tanh(W x + b + U h); ``from_x`` and ``from_h`` (B, D) are W x + b and U h."""
    return (from_x + from_h).tanh()  # (B, D)


class RNN(nn.Module):
    """One layer, read from left to right."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.from_input = nn.Linear(inputs, width)
        self.from_state = nn.Linear(width, width, bias=False)

    def start(self, draws: torch.Generator) -> "RNN":
        """Before training: a random orthogonal U, which changes no length, so that gradients fade less."""
        nn.init.orthogonal_(self.from_state.weight, generator=draws)
        return self

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, RNNTrace]:
        """The state after every step (B, T, D), from ``state`` (B, D) on."""
        from_x = self.from_input(x)  # (B, T, D)
        h = torch.zeros_like(from_x[:, 0]) if state is None else state  # (B, D)
        states = []
        for t in range(x.shape[1]):
            h = rnn_step(from_x[:, t], self.from_state(h))
            states.append(h)
        kept = torch.stack(states, dim=1)  # (B, T, D)
        return kept, RNNTrace(kept)
