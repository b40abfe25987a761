"""Mamba with less selection, of the same shape: one that keeps Δ, and one whose layer is an S4D and chooses nothing.

Paper: Gu & Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", section 4.6 (which of Δ, B and
C are selective) and table 1 (the same block around S4).

Symbols
    x  input (B, T, D)      D  width      C = 2D  channels      N  numbers in a channel's state      T  tokens
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, silu, softplus

from models.statespace.mamba import Mamba
from models.statespace.s4d import S4D, S4DTrace


class ConstantStep(Mamba):
    """Every channel has one learned Δ for all tokens; B and C are still chosen by the token."""

    def chosen(self, signal: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        _, written, read = self.to_step_write_read(signal).split(self.sizes, dim=-1)
        return softplus(self.to_step.bias).expand_as(signal), written, read


class TimeInvariant(nn.Module):
    """Expand, look back a few tokens, S4D, gate, project back: N/2 complex modes are N numbers per channel."""

    def __init__(self, width: int, state: int = 16, window: int = 4) -> None:
        super().__init__()
        channels = 2 * width
        self.to_signal_and_gate = nn.Linear(width, 2 * channels, bias=False)
        self.convolution = nn.Conv1d(channels, channels, window, groups=channels)
        self.layer = S4D(channels, state // 2)
        self.to_out = nn.Linear(channels, width, bias=False)

    @torch.no_grad()
    def start(self, shortest: float = 0.001, longest: float = 0.1) -> "TimeInvariant":
        """Steps as Mamba begins with, and S4D's modes."""
        self.layer.start(shortest, longest)
        return self

    def forward(self, x: Tensor) -> tuple[Tensor, S4DTrace]:
        signal, gate = self.to_signal_and_gate(x).chunk(2, dim=-1)  # (B, T, C)
        window = self.convolution.kernel_size[0]
        seen = self.convolution(pad(signal.transpose(1, 2), (window - 1, 0)))  # (B, C, T)
        y, trace = self.layer(silu(seen.transpose(1, 2)))  # (B, T, C)
        return self.to_out(y * silu(gate)), trace
