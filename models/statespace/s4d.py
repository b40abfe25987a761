"""S4D: a state space layer with a diagonal matrix, trained through its convolution kernel.

Paper: Gu, Gupta, Goel & Ré 2022, "On the Parameterization and Initialization of Diagonal State Space Models", and its
released layer. One system per channel; A starts at −1/2 + iπn (“S4D-Lin”), Δ between 0.001 and 0.1.

Symbols
    u  input (B, T, H)      y  output (B, T, H)      H  channels      N  modes per channel
    a  eigenvalues of A (H, N)      Δ  step of a channel (H, 1)      C  (H, N)      D  skip (H,)
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.statespace.discretization import Discrete, Rule, zero_order_hold
from models.statespace.linear_ssm import by_fft, kernel


class S4DTrace(NamedTuple):
    """The system of every channel."""

    a: Tensor  # (H, N) eigenvalues of A, complex
    delta: Tensor  # (H, 1)
    step: Discrete  # (H, N) each
    c: Tensor  # (H, N) complex
    kernel: Tensor  # (H, T)


class S4D(nn.Module):
    """Convolve every channel with the kernel of its own system.  B is 1: only the product of B and C counts."""

    def __init__(self, channels: int, state: int, rule: Rule = zero_order_hold) -> None:
        super().__init__()
        self.rule = rule
        self.log_delta = nn.Parameter(torch.zeros(channels))
        self.log_decay = nn.Parameter(torch.zeros(channels, state))
        self.frequency = nn.Parameter(torch.zeros(channels, state))
        self.read_real = nn.Parameter(torch.zeros(channels, state))
        self.read_imaginary = nn.Parameter(torch.zeros(channels, state))
        self.skip_weight = nn.Parameter(torch.ones(channels))

    @torch.no_grad()
    def start(self, shortest: float = 0.001, longest: float = 0.1) -> "S4D":
        """a = −1/2 + iπn; steps Δ at even distances in log between the two (one channel: their geometric mean)."""
        channels, state = self.frequency.shape
        self.log_decay.fill_(math.log(0.5))
        self.frequency.copy_(math.pi * torch.arange(state).expand(channels, -1))
        middle = (torch.arange(channels) + 0.5) / channels
        self.log_delta.copy_(math.log(shortest) + middle * math.log(longest / shortest))
        return self

    def system(self, length: int) -> S4DTrace:
        """The system that the weights stand for, and its kernel over that many steps."""
        a = torch.complex(-self.log_decay.exp(), self.frequency)  # (H, N)
        delta = self.log_delta.exp()[:, None]  # (H, 1)
        c = torch.complex(self.read_real, self.read_imaginary)  # (H, N)
        step = self.rule(a, torch.ones_like(a), delta)
        return S4DTrace(a, delta, step, c, kernel(step.kept, step.taken, c, length))

    def forward(self, u: Tensor) -> tuple[Tensor, S4DTrace]:
        trace = self.system(u.shape[1])
        y = by_fft(u.transpose(1, 2), trace.kernel)  # (B, H, T)
        return y.transpose(1, 2) + self.skip_weight * u, trace
