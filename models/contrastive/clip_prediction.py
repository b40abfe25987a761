"""Prediction of a clip's hidden frames by their vectors, not their pixels.

Paper: Bardes et al. 2024, "Revisiting Feature Prediction for Learning Visual Representations from Video" (V-JEPA), with
one vector per frame here in place of one per patch, and perceptrons in place of transformers.

Symbols
    x  frames (B, F, M), M pixels each     v  1 where a pixel is visible, else 0 (F, M)     D  dimensions
    s_x  vectors of the frames as they are seen     s_y  of the whole frames     ŝ_y  predicted (B, F, D)
    m  momentum
"""

import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.contrastive.joint_embedding import energy
from models.contrastive.siamese import Encoder
from models.seeding import generator


class ClipTrace(NamedTuple):
    context: Tensor  # (B, F, D) s_x
    predicted: Tensor  # (B, F, D) ŝ_y
    target: Tensor  # (B, F, D) s_y


class ClipPrediction(nn.Module):
    """E = ‖g(f(v ⊙ x)) − f̄(x)‖² / D of each frame; g reads the vectors of all frames at once."""

    def __init__(self, frames: int, pixels: int, hidden: int, dimensions: int, seed: int) -> None:
        super().__init__()
        draws = generator(seed)
        self.context = Encoder(pixels, hidden, dimensions, draws)
        self.predictor = Encoder(frames * dimensions, 2 * hidden, frames * dimensions, draws)
        self.follower = copy.deepcopy(self.context).requires_grad_(False)

    def target(self, x: Tensor) -> Tensor:
        """s_y = f̄(x), a constant for the gradient.  (B, F, D)"""
        return self.follower(x)[0].detach()

    def forward(self, x: Tensor, v: Tensor) -> tuple[Tensor, ClipTrace]:
        """Clips (B, F, M) and what is visible (F, M) → the error of each frame (B, F)."""
        s_x = self.context(v * x)[0]  # (B, F, D)
        predicted = self.predictor(s_x.flatten(1))[0].view_as(s_x)  # (B, F, D)
        trace = ClipTrace(s_x, predicted, self.target(x))
        return energy(trace.predicted, trace.target), trace

    @torch.no_grad()
    def follow(self, m: float) -> None:
        """f̄ ← m f̄ + (1 − m) f, in place."""
        for slow, fast in zip(self.follower.parameters(), self.context.parameters(), strict=True):
            slow.lerp_(fast, 1 - m)


class ClipGradientThroughTarget(ClipPrediction):
    """The error is also minimised by moving the targets: f itself reads the whole frames, and the gradient passes."""

    def target(self, x: Tensor) -> Tensor:
        return self.context(x)[0]


def linear_reader(vectors: Tensor, places: Tensor) -> Tensor:
    """W of least squares with [s, 1] W ≈ c: what a line reads from the vectors.  (Q, D), (Q, 2) → (D + 1, 2)"""
    rows = torch.cat([vectors, torch.ones(len(vectors), 1)], 1).double()  # (Q, D + 1)
    return (torch.linalg.pinv(rows) @ places.double()).float()


def read(W: Tensor, vectors: Tensor) -> Tensor:
    """[s, 1] W.  (D + 1, 2), (..., D) → (..., 2)"""
    return vectors @ W[:-1] + W[-1]
