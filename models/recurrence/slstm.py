"""sLSTM: exponential gates, a normaliser beside the cell, and a running maximum that keeps both finite.

Paper: Beck et al. 2024, "xLSTM: Extended Long Short-Term Memory", section 2.2.

Symbols
    x  input (B, T, I)      h  state (B, D)      c  cell (B, D)      n  normaliser (B, D)      m  stabiliser (B, D)
    z  candidate            ĩ, f̃, õ  gates before their nonlinearity
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid


class SLSTMState(NamedTuple):
    """What goes from one step to the next."""

    h: Tensor  # (B, D)
    c: Tensor  # (B, D)
    n: Tensor  # (B, D)
    m: Tensor  # (B, D)


class SLSTMTrace(NamedTuple):
    """Stabilised gates and all that they change."""

    input: Tensor  # (B, T, D) i'
    forget: Tensor  # (B, T, D) f'
    log_input: Tensor  # (B, T, D) ln i
    states: Tensor  # (B, T, D)
    cells: Tensor  # (B, T, D)
    normalisers: Tensor  # (B, T, D)
    stabilisers: Tensor  # (B, T, D)


def stabilised(log_i: Tensor, log_f: Tensor, m: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """m' = max(ln f + m, ln i), i' = exp(ln i − m'), f' = exp(ln f + m − m'); returns i', f' and m'."""
    larger = torch.maximum(log_f + m, log_i)  # (B, D)
    return (log_i - larger).exp(), (log_f + m - larger).exp(), larger


def slstm_step(
    z: Tensor, log_i: Tensor, log_f: Tensor, o: Tensor, before: SLSTMState
) -> tuple[SLSTMState, Tensor, Tensor]:
    """c' = f' c + i' z, n' = f' n + i', h' = o ⊙ c' / n'; returns the new state, i' and f'."""
    i, f, m = stabilised(log_i, log_f, before.m)
    c = f * before.c + i * z  # (B, D)
    n = f * before.n + i  # (B, D)
    return SLSTMState(o * c / n, c, n, m), i, f


def newest_share(i: Tensor, n: Tensor) -> Tensor:
    """i′ / n′: the share of a unit's memory that the newest step makes up."""
    return i / n


def exponential(raw: Tensor) -> Tensor:
    """ln i = ĩ, so that i = exp(ĩ) has no upper bound."""
    return raw


class SLSTM(nn.Module):
    """One layer. The state reaches all gates through U, which mixes the units of each of ``heads`` groups.

    ``log_input`` maps ĩ to ln i.
    """

    def __init__(
        self, inputs: int, width: int, heads: int = 1, log_input: Callable[[Tensor], Tensor] = exponential
    ) -> None:
        super().__init__()
        self.heads, self.log_input = heads, log_input
        self.from_input = nn.Linear(inputs, 4 * width)
        self.from_state = nn.Parameter(torch.empty(heads, width // heads, 4 * width // heads))

    def start(self, forget_bias: float = 1.0) -> "SLSTM":
        """Before training: forget gates that begin at σ(``forget_bias``)."""
        with torch.no_grad():
            self.from_input.bias.unflatten(0, (self.heads, 4, -1))[:, 2] = forget_bias
        return self

    def mixed(self, h: Tensor) -> Tensor:
        """U h, head by head: (B, D) → (B, 4D)."""
        return torch.einsum("bhd,hdz->bhz", h.unflatten(-1, (self.heads, -1)), self.from_state).flatten(1)

    def step(
        self, z: Tensor, log_i: Tensor, log_f: Tensor, o: Tensor, before: SLSTMState
    ) -> tuple[SLSTMState, Tensor, Tensor]:
        """The next state, and the gates that made it."""
        return slstm_step(z, log_i, log_f, o, before)

    def forward(self, x: Tensor, mixing: Tensor | None = None) -> tuple[Tensor, SLSTMTrace]:
        """The state after every step (B, T, D), from a cell of zeros. U reads it, or ``mixing`` (B, T, D) instead."""
        from_x = self.from_input(x)  # (B, T, Z)
        zeros = from_x.new_zeros(len(x), from_x.shape[-1] // 4)  # (B, D)
        state = SLSTMState(zeros, zeros, zeros, zeros - torch.inf)
        steps = []
        for t in range(x.shape[1]):
            from_h = self.mixed(state.h if mixing is None else mixing[:, t])  # (B, Z)
            raw = (from_x[:, t] + from_h).unflatten(-1, (self.heads, 4, -1))  # (B, H, 4, K)
            z, i, f, o = (part.flatten(1) for part in raw.unbind(2))
            log_i = self.log_input(i)  # (B, D)
            state, written, kept = self.step(z.tanh(), log_i, logsigmoid(f), o.sigmoid(), state)
            steps.append((written, kept, log_i, *state))
        trace = SLSTMTrace(*(torch.stack(parts, dim=1) for parts in zip(*steps)))
        return trace.states, trace
