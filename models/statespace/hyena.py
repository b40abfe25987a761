"""Hyena: convolutions as long as the text, whose filters a small network writes, between gates.

Paper: Poli et al. 2023, "Hyena Hierarchy: Towards Larger Convolutional Language Models", section 3: the order-N
recurrence, filters as window times an MLP of the position, and causal convolution by a padded FFT.

Symbols
    x  input (B, T, D)      v, x¹ … xᴺ  value and N gates (B, T, D)    h  filters (N, T, D), N the order
    L  longest text         z  what a gate lets through (B, T, D)      n  transformed length, 2T or T
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from models.attention.masks import distances

Convolve = Callable[[Tensor, Tensor], Tensor]
"""Filter (T, D) and signal (B, T, D) → their convolution (B, T, D)."""


def toeplitz(h: Tensor) -> Tensor:
    """S_ts = h_{t−s} where t ≥ s, else 0: a matrix per channel.  (D, T, T)"""
    distance = distances(len(h), device=h.device)  # (T, T)
    return torch.where(distance >= 0, h.T[:, distance.clamp(min=0)], 0.0)


def direct(h: Tensor, x: Tensor) -> Tensor:
    """y_t = Σ_{s ≤ t} h_{t−s} x_s, one product for every pair of tokens."""
    return torch.einsum("dts,bsd->btd", toeplitz(h), x)


def by_fft(h: Tensor, x: Tensor, n: int) -> Tensor:
    """y = iFFT_n(FFT_n(h) ⊙ FFT_n(x)), of which the first T are kept."""
    T = x.shape[1]
    product = torch.fft.rfft(h.float(), n=n, dim=0) * torch.fft.rfft(x.float(), n=n, dim=1)  # (B, n/2 + 1, D)
    return torch.fft.irfft(product, n=n, dim=1)[:, :T]


def padded(h: Tensor, x: Tensor) -> Tensor:
    """n = 2T: T zeros behind the text, so that nothing wraps around.  The same as ``direct``."""
    return by_fft(h, x, 2 * x.shape[1])


def padded_twice(h: Tensor, x: Tensor) -> Tensor:
    """n = 4T: more zeros than needed change nothing."""
    return by_fft(h, x, 4 * x.shape[1])


def circular(h: Tensor, x: Tensor) -> Tensor:
    """n = T: the end of the text wraps around to its beginning, y_t = Σ_s h_{(t−s) mod T} x_s."""
    return by_fft(h, x, x.shape[1])


def position_features(tokens: int, longest: int, bands: int, device: torch.device | None = None) -> Tensor:
    """t / L beside cos and sin of 2πkt/L for k = 1 … K.  (T, 2K + 1)

    L is the longest text: a shorter one is convolved with the beginning of the same filter.
    """
    t = torch.arange(tokens, device=device)[:, None] / longest  # (T, 1)
    angle = 2 * math.pi * t * torch.arange(1, bands + 1, device=device)  # (T, K)
    return torch.cat([t, angle.cos(), angle.sin()], dim=1)


class ImplicitFilter(nn.Module):
    """h_t = window(t) ⊙ MLP(features of t): the length of the filter costs no weights.  (T, order · D)"""

    def __init__(self, channels: int, longest: int, hidden: int = 16, bands: int = 8) -> None:
        super().__init__()
        self.longest, self.bands = longest, bands
        self.first, self.second = nn.Linear(2 * bands + 1, hidden), nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, channels, bias=False)
        self.rate = nn.Parameter(torch.zeros(channels))

    @torch.no_grad()
    def start(self) -> None:
        """Windows that fall to 1 % within a tenth of the longest text up to ten times that."""
        self.rate.copy_(torch.logspace(math.log10(46), math.log10(0.46), len(self.rate)))

    def forward(self, tokens: int) -> Tensor:
        features = position_features(tokens, self.longest, self.bands, self.rate.device)  # (T, 2K + 1)
        raw = self.last((self.second((self.first(features)).sin())).sin())  # (T, N D)
        return (-self.rate.abs() * features[:, :1]).exp() * raw


class HyenaTrace(NamedTuple):
    """What was gated and filtered."""

    value: Tensor  # (B, T, D)
    gates: Tensor  # (N, B, T, D)
    filters: Tensor  # (N, T, D)
    outputs: Tensor  # (N, B, T, D) zⁿ⁺¹


class Hyena(nn.Module):
    """z¹ = v, zⁿ⁺¹ = xⁿ ⊙ (hⁿ ∗ zⁿ), y = zᴺ⁺¹ W.  Definition 3.1."""

    def __init__(self, width: int, longest: int, order: int = 2, convolve: Convolve = padded, reach: int = 3) -> None:
        super().__init__()
        self.order, self.convolve = order, convolve
        self.to_parts = nn.Linear(width, (order + 1) * width)
        self.short = nn.Conv1d((order + 1) * width, (order + 1) * width, reach, groups=(order + 1) * width)
        self.filter = ImplicitFilter(order * width, longest)
        self.skip = nn.Parameter(torch.zeros(order, width))
        self.to_out = nn.Linear(width, width)

    def gated(self, gate: Tensor, z: Tensor) -> Tensor:
        """xⁿ ⊙ z"""
        return gate * z

    def forward(self, x: Tensor) -> tuple[Tensor, HyenaTrace]:
        parts = self.to_parts(x).transpose(1, 2)  # (B, (N + 1) D, T)
        near = self.short(pad(parts, (self.short.kernel_size[0] - 1, 0))).transpose(1, 2)  # (B, T, (N + 1) D)
        value, *gates = near.chunk(self.order + 1, dim=-1)
        filters = self.filter(x.shape[1]).chunk(self.order, dim=-1)
        z, outputs = value, []
        for gate, h, skip in zip(gates, filters, self.skip, strict=True):
            z = self.gated(gate, self.convolve(h, z) + skip * z)  # (B, T, D)
            outputs.append(z)
        return self.to_out(z), HyenaTrace(value, torch.stack(gates), torch.stack(filters), torch.stack(outputs))


class UngatedHyena(Hyena):
    """The same weights and filters, and a sigmoid-free sum in place of the product: xⁿ + z."""

    def gated(self, gate: Tensor, z: Tensor) -> Tensor:
        """xⁿ + z"""
        return gate + z
