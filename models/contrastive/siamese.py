"""Siamese network: one encoder reads both images, and the distance of the two embeddings says how alike they are.

Papers: Bromley et al. 1993, "Signature Verification using a 'Siamese' Time Delay Neural Network"; Hadsell, Chopra &
LeCun 2006, "Dimensionality Reduction by Learning an Invariant Mapping".

Symbols
    x  images (B, N)     h  hidden units (B, H)     z  embeddings (B, D)     d  distances (B,)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.contrastive.pair_losses import distance
from models.seeding import generator


class SiameseTrace(NamedTuple):
    left: Tensor  # (B, D)
    right: Tensor  # (B, D)


class Encoder(nn.Module):
    """z = W₂ relu(W₁ x + b₁) + b₂"""

    def __init__(self, pixels: int, hidden: int, dimensions: int, draws: torch.Generator) -> None:
        super().__init__()
        self.first = nn.Parameter(torch.randn(pixels, hidden, generator=draws) * (2 / pixels) ** 0.5)
        self.first_bias = nn.Parameter(torch.zeros(hidden))
        self.second = nn.Parameter(torch.randn(hidden, dimensions, generator=draws) / hidden**0.5)
        self.second_bias = nn.Parameter(torch.zeros(dimensions))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings (B, D) and hidden units (B, H)."""
        h = (x @ self.first + self.first_bias).relu()  # (B, H)
        return h @ self.second + self.second_bias, h


class SiameseNetwork(nn.Module):
    """d(x, x′) = ‖f(x) − f(x′)‖, both by the same encoder f."""

    def __init__(self, pixels: int, hidden: int, dimensions: int, seed: int) -> None:
        super().__init__()
        self.left = Encoder(pixels, hidden, dimensions, generator(seed))
        self.right = self.left

    def forward(self, left: Tensor, right: Tensor) -> tuple[Tensor, SiameseTrace]:
        """Distances (B,), and both embeddings."""
        trace = SiameseTrace(self.left(left)[0], self.right(right)[0])
        return distance(*trace), trace


class TwoEncoders(SiameseNetwork):
    """The same with an encoder for each side: what belongs together is learned twice, once from each side."""

    def __init__(self, pixels: int, hidden: int, dimensions: int, seed: int) -> None:
        super().__init__(pixels, hidden, dimensions, seed)
        self.right = Encoder(pixels, hidden, dimensions, generator(seed + 1))
