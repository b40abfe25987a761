"""Mamba: a state-space layer that chooses, token by token, what to keep.

Paper: Gu & Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", section 3.4 and figure 3;
algorithm 2 (what depends on the input: Δ, B and C; A does not).

Symbols
    x  input (B, T, D)        D  width        C = 2D  channels        N  state size of a channel
    R  rank of Δ              W  tokens that the convolution sees
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, silu, softplus

from models.statespace.selective_scan import discretised, read_out, sequential_scan

Scan = Callable[[Tensor, Tensor], Tensor]
"""decay and write → states, all (B, T, C, N): ``sequential_scan`` or ``parallel_scan``."""


class MambaTrace(NamedTuple):
    """What the layer chose for every token, and the states that came of it."""

    signal: Tensor  # (B, T, C) after the convolution
    delta: Tensor  # (B, T, C) Δ: about 0, the token is ignored and the state kept; large, the state is replaced
    B: Tensor  # (B, T, N) what is written to the state
    C: Tensor  # (B, T, N) what is read from it
    decay: Tensor  # (B, T, C, N) Ā
    states: Tensor  # (B, T, C, N)
    gate: Tensor  # (B, T, C)


class Mamba(nn.Module):
    """Widen, look back a few tokens, scan selectively, gate, narrow."""

    def __init__(
        self, width: int, state: int = 16, window: int = 4, rank: int = 0, scan: Scan = sequential_scan
    ) -> None:
        super().__init__()
        channels, rank = 2 * width, rank or math.ceil(width / 16)
        self.scan = scan
        self.sizes = [rank, state, state]
        self.to_signal_and_gate = nn.Linear(width, 2 * channels, bias=False)
        self.convolution = nn.Conv1d(channels, channels, window, groups=channels)
        self.to_step_write_read = nn.Linear(channels, rank + 2 * state, bias=False)
        self.to_step = nn.Linear(rank, channels)
        self.log_a = nn.Parameter(torch.zeros(channels, state))
        self.skip_weight = nn.Parameter(torch.ones(channels))
        self.to_out = nn.Linear(channels, width, bias=False)

    @torch.no_grad()
    def start(self, shortest: float = 0.001, longest: float = 0.1) -> "Mamba":
        """The paper's first values, section 3.6: Aₙ = −n, and steps Δ spread evenly in log from 0.001 to 0.1."""
        channels, state = self.log_a.shape
        self.log_a.copy_(torch.arange(1, state + 1).log().expand(channels, -1))
        steps = torch.logspace(math.log10(shortest), math.log10(longest), channels)
        self.to_step.bias.copy_(steps + (-torch.expm1(-steps)).log())  # the inverse of softplus
        return self

    def forward(self, x: Tensor) -> tuple[Tensor, MambaTrace]:
        signal, gate = self.to_signal_and_gate(x).chunk(2, dim=-1)  # (B, T, C)
        signal = silu(self.looked_back(signal))  # (B, T, C)
        step, written, read = self.chosen(signal)
        decay, write = discretised(signal, step, -self.log_a.exp(), written)
        states = self.scan(decay, write)  # (B, T, C, N)
        y = read_out(states, read, signal, self.skip_weight) * silu(gate)  # (B, T, C)
        return self.to_out(y), MambaTrace(signal, step, written, read, decay, states, gate)

    def looked_back(self, signal: Tensor) -> Tensor:
        """Each channel's own weighted sum of its last W tokens, none of them later.  (B, T, C)"""
        window = self.convolution.kernel_size[0]
        seen = self.convolution(pad(signal.transpose(1, 2), (window - 1, 0)))  # (B, C, T)
        return seen.transpose(1, 2)

    def chosen(self, signal: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Δ (B, T, C), B (B, T, N) and C (B, T, N), each from the token itself.  Algorithm 2."""
        low_rank, written, read = self.to_step_write_read(signal).split(self.sizes, dim=-1)
        return softplus(self.to_step(low_rank)), written, read
