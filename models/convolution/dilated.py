"""Three dilated convolutions: how far they reach, which pixels they read, and a network that must read far.

Paper: Yu and Koltun 2016, "Multi-Scale Context Aggregation by Dilated Convolutions", sections 2 and 3.

Symbols
    x  images (B, 1, N, M)     d  dilation rate of a layer     K = 3  side of a kernel      C  channels
    n  paths from one output to each pixel (F, F)              R  distances that are asked for
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from models.convolution.convolution import conv2d

K = 3


def extent(d: int, kernel: int = K) -> int:
    """K + (K − 1)(d − 1): the side of the square that one kernel spans."""
    return kernel + (kernel - 1) * (d - 1)


def field_side(rates: Sequence[int]) -> int:
    """F = 1 + Σ (K − 1) d: the side of the receptive field of stacked layers."""
    return 1 + sum(extent(d) - 1 for d in rates)


def spread(n: Tensor, d: int) -> Tensor:
    """n'(i, j) = Σ over −1 ≤ a, b ≤ 1 of n(i + d·a, j + d·b): paths through one more layer. (F, F)"""
    return conv2d(n[None, None], n.new_ones(1, 1, K, K), p=d, d=d)[0, 0]


def paths(rates: Sequence[int]) -> list[Tensor]:
    """From the last layer back: how many paths lead from one output to each pixel after 0, 1, … layers. (F, F) each"""
    F = field_side(rates)
    n = torch.zeros(F, F)
    n[F // 2, F // 2] = 1
    found = [n]
    for d in reversed(rates):
        found.append(spread(found[-1], d))
    return found


class DilatedTrace(NamedTuple):
    hidden: Tensor  # (B, C, N, M) after the last dilated layer


class DilatedStack(nn.Module):
    """Three 3×3 layers with their rates, each with a ReLU, then one 1×1 layer; the map keeps its size."""

    def __init__(self, rates: Sequence[int], outputs: int, channels: int = 16) -> None:
        super().__init__()
        widths = [1, *[channels] * len(rates)]
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, K, padding=d, dilation=d) for before, after, d in zip(widths, widths[1:], rates)
        )
        self.to_logits = nn.Conv2d(channels, outputs, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, DilatedTrace]:
        for layer in self.layers:
            x = relu(layer(x))  # (B, C, N, M)
        return self.to_logits(x), DilatedTrace(x)
