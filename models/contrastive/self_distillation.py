"""Learning from one's own other view, without negatives: BYOL and SimSiam.

Papers: Grill et al. 2020, "Bootstrap Your Own Latent", section 3.1, equations 1 and 2; Chen & He 2020, "Exploring
Simple Siamese Representation Learning", section 3.

Symbols
    z  embeddings (A, B, D)     p = q(z)  predictions     z′  targets     θ, ξ  weights of the network and of the target
    m  how much of ξ is kept per step     D  dimensions     A  networks side by side
"""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from models.contrastive.nt_xent import unit
from models.contrastive.view_encoder import Layer, Normalise
from models.seeding import generator


def cosine_error(prediction: Tensor, target: Tensor) -> Tensor:
    """‖p/‖p‖ − z′/‖z′‖‖² = 2 − 2 cos(p, z′), mean over the batch.  (..., B, D), (..., B, D) → (...)"""
    return (2 - 2 * (unit(prediction) * unit(target)).sum(-1)).mean(-1)


def of_the_other_view(z: Tensor) -> Tensor:
    """First views, then second ones → second ones, then first ones.  (..., 2B, D)"""
    return z.roll(z.shape[-2] // 2, -2)


@torch.no_grad()
def follow(target: Iterable[Tensor], online: Iterable[Tensor], keep: float) -> None:
    """ξ ← m ξ + (1 − m) θ, in place."""
    for one, other in zip(target, online, strict=True):
        one.mul_(keep).add_(other, alpha=1 - keep)


def relative_spread(z: Tensor) -> Tensor:
    """√D · mean over dimensions of the standard deviation of z/‖z‖: 0 at one point, about 1 if spread evenly.

    (..., B, D) → (...)
    """
    return unit(z).std(-2, correction=0).mean(-1) * z.shape[-1] ** 0.5


Objective = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Embeddings z, predictions p and the target network's embeddings z′ of 2B views → loss.  (..., 2B, D) → (...)"""


def byol(z: Tensor, p: Tensor, target: Tensor) -> Tensor:
    """‖p_i − sg z′_j(i)‖² of unit vectors.  Grill et al., equation 2"""
    return cosine_error(p, of_the_other_view(target).detach())


def simsiam(z: Tensor, p: Tensor, target: Tensor) -> Tensor:
    """‖p_i − sg z_j(i)‖²: the target is the network itself.  Chen & He, equation 3, times 2, plus 2"""
    return cosine_error(p, of_the_other_view(z).detach())


def without_stop(z: Tensor, p: Tensor, target: Tensor) -> Tensor:
    """‖p_i − z_j(i)‖²: the gradient passes through the target."""
    return cosine_error(p, of_the_other_view(z))


def without_predictor(z: Tensor, p: Tensor, target: Tensor) -> Tensor:
    """‖z_i − sg z_j(i)‖²"""
    return cosine_error(z, of_the_other_view(z).detach())


def without_predictor_averaged(z: Tensor, p: Tensor, target: Tensor) -> Tensor:
    """‖z_i − sg z′_j(i)‖²: no predictor, but a moving average as target."""
    return cosine_error(z, of_the_other_view(target).detach())


class Predictor(nn.Module):
    """q(z) = W₂ relu(norm(W₁ z))"""

    def __init__(self, dimensions: int, hidden: int, seeds: Sequence[int], norm: Normalise) -> None:
        super().__init__()
        draws = [generator(seed + 1) for seed in seeds]
        self.first = Layer(dimensions, hidden, draws)
        self.second = Layer(hidden, dimensions, draws)
        self.norm = norm

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Predictions (A, B, D) and hidden units (A, B, H)."""
        h = self.norm(self.first(z)).relu()  # (A, B, H)
        return self.second(h), h
