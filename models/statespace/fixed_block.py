"""Mamba's block with S4D in place of the selective scan: Δ, B and C are parameters, the same for every token.

Papers: Gu & Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", section 4.1.1 (layers inside
blocks compared on selective copying); Gu, Gupta, Goel & Ré 2022 (S4D). Convolution, SiLU and gate stay as in Mamba.

Symbols
    x  input (B, T, D)        D  width        C = 2D  channels        N  modes of a channel
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, silu

from models.statespace.s4d import S4D, S4DTrace


class FixedTrace(NamedTuple):
    """The signal, the systems it went through, and the gate behind them."""

    signal: Tensor  # (B, T, C) after the convolution
    system: S4DTrace
    gate: Tensor  # (B, T, C)


class FixedBlock(nn.Module):
    """Widen, look back a few tokens, convolve every channel with its own kernel, gate, narrow."""

    def __init__(self, width: int, state: int = 16, window: int = 4) -> None:
        super().__init__()
        channels = 2 * width
        self.to_signal_and_gate = nn.Linear(width, 2 * channels, bias=False)
        self.convolution = nn.Conv1d(channels, channels, window, groups=channels)
        self.system = S4D(channels, state)
        self.to_out = nn.Linear(channels, width, bias=False)

    def start(self) -> "FixedBlock":
        """S4D's first values: A = −1/2 + iπn, steps Δ from 0.001 to 0.1."""
        self.system.start()
        return self

    def forward(self, x: Tensor) -> tuple[Tensor, FixedTrace]:
        signal, gate = self.to_signal_and_gate(x).chunk(2, dim=-1)  # (B, T, C)
        window = self.convolution.kernel_size[0]
        seen = self.convolution(pad(signal.transpose(1, 2), (window - 1, 0)))  # (B, C, T)
        signal = silu(seen.transpose(1, 2))  # (B, T, C)
        with torch.autocast(x.device.type, enabled=False):  # powers of Ā do not bear half precision
            y, system = self.system(signal.float())
        return self.to_out(y * silu(gate)), FixedTrace(signal, system, gate)
