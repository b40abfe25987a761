"""A joint-embedding predictive architecture: the vector of one half of an image is predicted from the other half.

Papers: LeCun 2022, "A Path Towards Autonomous Machine Intelligence" (two encoders, a predictor, an energy);
Assran et al. 2023, "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture" (the target
encoder as a moving average of the context encoder).

Symbols
    x, y  a half with four numbers that say which (B, N + 4)     z  the four numbers of the half to predict (B, 4)
    s_x, s_y  vectors of the halves (B, D)     ŝ_y  predicted vector (B, D)     E  energy (B,)     m  momentum
"""

import copy
from math import isqrt
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from models.contrastive.siamese import Encoder
from models.seeding import generator

SIDES = 4
"""Halves of an image: upper, lower, left, right."""


class JointTrace(NamedTuple):
    context: Tensor  # (B, D) s_x
    predicted: Tensor  # (B, D) ŝ_y
    target: Tensor  # (B, D) s_y


def half(images: Tensor, side: Tensor) -> Tensor:
    """The half ``side`` (B,) of each square image, and which it is.  (B, 2N) → (B, N + 4)"""
    rows = images.unflatten(-1, (isqrt(images.shape[-1]), -1))  # (B, S, S)
    halves = torch.stack([part.flatten(1) for axis in (1, 2) for part in rows.chunk(2, axis)], 1)  # (B, 4, N)
    own = halves[torch.arange(len(images)), side]  # (B, N)
    return torch.cat([own, one_hot(side, SIDES).float()], -1)


def opposite(side: Tensor) -> Tensor:
    """Upper for lower, left for right, and back.  (B,) → (B,)"""
    return side ^ 1


def energy(predicted: Tensor, target: Tensor) -> Tensor:
    """E = ‖ŝ_y − s_y‖² / D.  (..., D), (..., D) → (...)"""
    return (predicted - target).square().mean(-1)


def explained(predicted: Tensor, target: Tensor) -> Tensor:
    """R² = 1 − Σ ‖ŝ_y − s_y‖² / Σ ‖s_y − mean s_y‖²: below 0, the mean of all targets is the better guess.  ()"""
    return 1 - (predicted - target).square().sum() / (target - target.mean(0)).square().sum()


class JointEmbedding(nn.Module):
    """E(x, y) = ‖g(f(x), z) − f̄(y)‖² / D; f̄ follows f, and no gradient passes through it."""

    def __init__(self, pixels: int, hidden: int, dimensions: int, seed: int, outputs: int = 0) -> None:
        super().__init__()
        draws = generator(seed)
        self.context = Encoder(pixels // 2 + SIDES, hidden, dimensions, draws)
        self.predictor = Encoder(dimensions + SIDES, hidden, outputs or dimensions, draws)
        self.follower = copy.deepcopy(self.context).requires_grad_(False)

    def target(self, y: Tensor) -> Tensor:
        """s_y = f̄(y), a constant for the gradient.  (B, D)"""
        return self.follower(y)[0].detach()

    def predict(self, s_x: Tensor, side: Tensor) -> Tensor:
        """ŝ_y = g(s_x, z).  (B, D)"""
        return self.predictor(torch.cat([s_x, one_hot(side, SIDES).float()], -1))[0]

    def forward(self, x: Tensor, y: Tensor, side: Tensor) -> tuple[Tensor, JointTrace]:
        """Halves (B, N + 4), and which one y is (B,) → energies (B,)."""
        s_x = self.context(x)[0]  # (B, D)
        trace = JointTrace(s_x, self.predict(s_x, side), self.target(y))
        return energy(trace.predicted, trace.target), trace

    @torch.no_grad()
    def follow(self, m: float) -> None:
        """f̄ ← m f̄ + (1 − m) f, in place."""
        for slow, fast in zip(self.follower.parameters(), self.context.parameters(), strict=True):
            slow.lerp_(fast, 1 - m)


class GradientThroughTarget(JointEmbedding):
    """E is also minimised by moving the targets: f itself reads y, and the gradient passes."""

    def target(self, y: Tensor) -> Tensor:
        return self.context(y)[0]


class WithoutPredictor(JointEmbedding):
    """ŝ_y = s_x: both halves of an image are to have one vector."""

    def predict(self, s_x: Tensor, side: Tensor) -> Tensor:
        return s_x


class PixelTarget(JointEmbedding):
    """s_y is the half itself: its pixels are predicted by a network of the same kind."""

    def __init__(self, pixels: int, hidden: int, dimensions: int, seed: int) -> None:
        super().__init__(pixels, hidden, dimensions, seed, outputs=pixels // 2)

    def target(self, y: Tensor) -> Tensor:
        return y[:, :-SIDES]
