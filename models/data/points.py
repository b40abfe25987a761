"""Sets of points in the plane, drawn at will: mean about zero, variance about one a coordinate.

Symbols
    P  points        M  peaks of a mixture
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Draw = Callable[[int, torch.Generator], Tensor]


class GaussianMixture(NamedTuple):
    """Round Gaussian peaks: a distribution whose density is known, also after any amount of diffusion."""

    means: Tensor  # (M, 2)
    shares: Tensor  # (M,) summing to one
    deviation: float

    def draw(self, P: int, generator: torch.Generator) -> Tensor:
        peak = torch.multinomial(self.shares, P, replacement=True, generator=generator)  # (P,)
        return self.means[peak] + self.deviation * torch.randn(P, 2, generator=generator)

    def log_density(self, x: Tensor, alpha_bar: float = 1.0) -> Tensor:
        """log Σ_m w_m N(x; √ᾱ μ_m, (ᾱ σ² + 1 − ᾱ) I): exact at every level of noise.  (P, 2) → (P,)"""
        variance = alpha_bar * self.deviation**2 + 1 - alpha_bar
        squares = (x[:, None] - alpha_bar**0.5 * self.means).square().sum(-1)  # (P, M)
        return torch.logsumexp(self.shares.log() - squares / (2 * variance), dim=-1) - math.log(2 * math.pi * variance)

    def expected_noise(self, x: Tensor, alpha_bar: float) -> Tensor:
        """E[ε | x_t] = −√(1 − ᾱ) ∇ log p_t(x_t): what a perfect denoiser answers.  (P, 2) → (P, 2)"""
        variance = alpha_bar * self.deviation**2 + 1 - alpha_bar
        offsets = x[:, None] - alpha_bar**0.5 * self.means  # (P, M, 2)
        belief = (self.shares.log() - offsets.square().sum(-1) / (2 * variance)).softmax(-1)  # (P, M)
        return (1 - alpha_bar) ** 0.5 * (belief[..., None] * offsets).sum(1) / variance


def _ring() -> GaussianMixture:
    angle = torch.arange(8) * (2 * math.pi / 8)
    return GaussianMixture(1.4 * torch.stack([angle.cos(), angle.sin()], -1), torch.full((8,), 1 / 8), 0.12)


def _uneven() -> GaussianMixture:
    means = torch.tensor([[-0.9, -0.6], [1.3, -0.2], [0.3, 1.8]])
    return GaussianMixture(means, torch.tensor([0.5, 0.3, 0.2]), 0.3)


RING, MIXTURE = _ring(), _uneven()


def moons(P: int, generator: torch.Generator) -> Tensor:
    """Two half circles that reach into each other."""
    angle = math.pi * torch.rand(P, generator=generator)  # (P,)
    lower = torch.rand(P, generator=generator) < 0.5  # (P,)
    upper_moon = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], -1)  # (P, 2)
    lower_moon = torch.stack([0.5 - angle.cos(), 0.25 - angle.sin()], -1)  # (P, 2)
    centred = torch.where(lower[:, None], lower_moon, upper_moon)  # (P, 2)
    return centred * torch.tensor([1.2, 1.9]) + 0.08 * torch.randn(P, 2, generator=generator)


def spiral(P: int, generator: torch.Generator) -> Tensor:
    """One arm that winds one and three quarter times, evenly dense along its length."""
    angle = 3.5 * math.pi * torch.rand(P, generator=generator).sqrt()  # (P,)
    arm = angle[:, None] * torch.stack([angle.cos(), angle.sin()], -1) / (3.5 * math.pi)  # (P, 2)
    return 2.1 * arm + torch.tensor([0.38, 0.08]) + 0.06 * torch.randn(P, 2, generator=generator)


POINT_SETS: dict[str, Draw] = {"moons": moons, "ring": RING.draw, "spiral": spiral, "mixture": MIXTURE.draw}
