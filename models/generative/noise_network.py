"""A perceptron that predicts the noise in a point of the plane, and the loss it is trained by.

Papers: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", section 3.4 (the loss) and equations 8 and 12
(the weights of the bound); Song & Ermon 2019, "Generative Modeling by Estimating Gradients of the Data Distribution",
section 4.2 (the same loss as denoising score matching at many levels); Vincent 2011, "A Connection Between Score
Matching and Denoising Autoencoders" (the score from a denoiser).

Symbols
    B  points        E  width of the embedding of the clock        D  width
    c  clock: what the network is told of the noise level        ε, ε̂  noise and its prediction
    ᾱ  share of the data's variance left        β  variance added by the step        σ  noise on unscaled data
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from models.generative.timestep_embedding import timestep_embedding


class NoiseTrace(NamedTuple):
    """What each layer held."""

    clock: Tensor  # (B, E)
    hidden: tuple[Tensor, Tensor]  # (B, D) each


class NoiseNetwork(nn.Module):
    """Two hidden layers; the embedded clock stands beside the point."""

    def __init__(self, width: int = 64, embedding: int = 16) -> None:
        super().__init__()
        self.embedding = embedding
        self.read = nn.Linear(2 + embedding, width)
        self.inner = nn.Linear(width, width)
        self.write = nn.Linear(width, 2)

    def forward(self, x: Tensor, c: Tensor) -> tuple[Tensor, NoiseTrace]:
        """x (B, 2); c (B,) from 0 to about 100 → ε̂ (B, 2)."""
        clock = timestep_embedding(c, self.embedding)  # (B, E)
        first = silu(self.read(torch.cat([x, clock], dim=-1)))  # (B, D)
        second = silu(self.inner(first))  # (B, D)
        return self.write(second), NoiseTrace(clock, (first, second))


def noise_loss(predicted: Tensor, noise: Tensor) -> Tensor:
    """L(x_t) = ‖ε − ε̂(x_t, t)‖² / 2, the mean over both coordinates.  Ho et al., equation 14.  (B, 2) → (B,)"""
    return (noise - predicted).square().mean(-1)


def bound_weight(a: Tensor, b: Tensor) -> Tensor:
    """w_t = β² / (2 σ² (1 − β) (1 − ᾱ_t)) with σ² = β = 1 − ᾱ_t/ᾱ_{t−1}.  Ho et al., equation 12.

    a = ᾱ_t, b = ᾱ_{t−1}; of any shape.
    """
    beta = 1 - a / b
    return beta / (2 * (1 - beta) * (1 - a))


def unscaled_score(noise: Tensor, sigma: Tensor | float) -> Tensor:
    """s(x, σ) = −ε̂ / σ, the score of data with noise of deviation σ: where denoising score matching has its minimum."""
    return -noise / sigma
