"""An encoder of digits with a projector behind it, several of them side by side.

Paper: Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", section 2.1 (the
projector is thrown away after training); Ioffe & Szegedy 2015, "Batch Normalization", algorithm 1.

Symbols
    A  networks side by side     B  views of a batch     N  pixels     H  hidden units     C  features     D  dimensions
    x  views (B, N) or (A, B, N)     h  features (A, B, C)     z  embeddings (A, B, D)
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.seeding import generator

EPSILON = 1e-5


def batch_normalised(x: Tensor) -> Tensor:
    """(x − mean) / √(variance + ε), each unit over the batch in front of it; nothing is learned.  (..., B, C)"""
    centred = x - x.mean(-2, keepdim=True)  # (..., b, c)
    return centred * (centred.square().mean(-2, keepdim=True) + EPSILON).rsqrt()


def as_it_is(x: Tensor) -> Tensor:
    """x"""
    return x


Normalise = Callable[[Tensor], Tensor]


class Layer(nn.Module):
    """y = x W + b, in each of A networks; the same seed draws the same weights."""

    def __init__(self, inputs: int, outputs: int, draws: Sequence[torch.Generator]) -> None:
        super().__init__()
        W = torch.stack([torch.randn(inputs, outputs, generator=one) for one in draws])  # (A, n, c)
        self.weight = nn.Parameter(W * (2 / inputs) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(len(draws), 1, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(B, N) or (A, B, N) → (A, B, C)"""
        return x @ self.weight + self.bias


class ViewTrace(NamedTuple):
    features: Tensor  # (A, B, C)


class ViewEncoder(nn.Module):
    """h = norm(W₂ relu(norm(W₁ x))), z = norm_z(W₄ relu(norm(W₃ relu(h))))."""

    def __init__(
        self, pixels: int, hidden: int, features: int, dimensions: int, seeds: Sequence[int], norm: Normalise,
        last_norm: Normalise = as_it_is,
    ) -> None:  # fmt: skip
        super().__init__()
        draws = [generator(seed) for seed in seeds]
        self.first = Layer(pixels, hidden, draws)
        self.second = Layer(hidden, features, draws)
        self.third = Layer(features, features, draws)
        self.last = Layer(features, dimensions, draws)
        self.norm, self.last_norm = norm, last_norm

    def features(self, x: Tensor) -> Tensor:
        """What is kept after training.  (B, N) → (A, B, C)"""
        return self.norm(self.second(self.norm(self.first(x)).relu()))

    def forward(self, x: Tensor) -> tuple[Tensor, ViewTrace]:
        """Embeddings (A, B, D), and the features in front of the projector."""
        h = self.features(x)  # (A, B, C)
        z = self.last_norm(self.last(self.norm(self.third(h.relu())).relu()))  # (A, B, D)
        return z, ViewTrace(h)
