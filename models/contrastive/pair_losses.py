"""Losses on the distance of two embeddings, and on that of three.

Papers: Hadsell, Chopra & LeCun 2006, "Dimensionality Reduction by Learning an Invariant Mapping" (contrastive loss;
without its factor ½ here); Schroff, Kalenichenko & Philbin 2015, "FaceNet" (triplets; squared distances there).

Symbols
    z  embeddings (..., D)     d  distances (...)     m  margin     s  1 for a pair of one class, else 0 (...)
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import softplus

TINY = 1e-12
"""Under the root of a distance: its slope stays finite where two embeddings coincide."""

SHARPNESS = 10.0
"""Of the smooth hinge."""


def distance(a: Tensor, b: Tensor) -> Tensor:
    """d = ‖a − b‖.  (..., D), (..., D) → (...)"""
    return ((a - b).square().sum(-1) + TINY).sqrt()


def contrastive_loss(d: Tensor, same: Tensor, margin: float) -> Tensor:
    """s d² + (1 − s) max(0, m − d)², of each pair."""
    return same * d.square() + (1 - same) * (margin - d).clamp_min(0).square()


def squared_distance_loss(d: Tensor, same: Tensor, margin: float) -> Tensor:
    """s d² + (1 − s) max(0, m² − d²): a hinge on the squared distance, which ends with a kink."""
    return same * d.square() + (1 - same) * (margin**2 - d.square()).clamp_min(0)


def smooth_loss(d: Tensor, same: Tensor, margin: float) -> Tensor:
    """s d² + (1 − s) (softplus(10 (m − d)) / 10)²: a hinge without a kink."""
    return same * d.square() + (1 - same) * (softplus(SHARPNESS * (margin - d)) / SHARPNESS).square()


def pull_loss(d: Tensor, same: Tensor, margin: float) -> Tensor:
    """s d²: pairs of two classes say nothing."""
    return same * d.square()


PairLoss = Callable[[Tensor, Tensor, float], Tensor]


def slope(loss: PairLoss, d: Tensor, same: float, margin: float) -> Tensor:
    """∂loss/∂d: above 0 it pulls a pair together, below 0 it pushes it apart.  (P,) → (P,)"""
    with torch.enable_grad():
        at = d.detach().clone().requires_grad_()  # (P,)
        return torch.autograd.grad(loss(at, torch.full_like(at, same), margin).sum(), at)[0]


def triplet_loss(positive: Tensor, negative: Tensor, margin: float) -> Tensor:
    """max(0, d_ap − d_an + m), of each triplet of anchor, positive and negative."""
    return (positive - negative + margin).clamp_min(0)


def mean_over_all(losses: Tensor) -> Tensor:
    """Σ losses / count"""
    return losses.mean()


def mean_over_active(losses: Tensor) -> Tensor:
    """Σ losses / count of those above 0, or 0 where there are none."""
    return losses.sum() / (losses > 0).sum().clamp_min(1)


def easy(positive: Tensor, negative: Tensor, margin: float) -> Tensor:
    """d_an > d_ap + m: the loss is 0."""
    return negative > positive + margin


def hard(positive: Tensor, negative: Tensor) -> Tensor:
    """d_an < d_ap: the negative is nearer than the positive. What is neither is semi-hard."""
    return negative < positive


def random_negatives(between: Tensor, same: Tensor, positive: Tensor, draws: torch.Generator) -> Tensor:
    """For each anchor any example of another class.  (B, B), (B, B), (B,) → (B,)"""
    return torch.multinomial((~same).float(), 1, generator=draws)[:, 0]


def hardest_negatives(between: Tensor, same: Tensor, positive: Tensor, draws: torch.Generator) -> Tensor:
    """For each anchor the nearest example of another class.  (B, B), (B, B), (B,) → (B,)"""
    return between.masked_fill(same, torch.inf).argmin(-1)


def semi_hard_negatives(between: Tensor, same: Tensor, positive: Tensor, draws: torch.Generator) -> Tensor:
    """For each anchor the nearest of another class that is farther than its positive; if there is none, the farthest.

    (B, B), (B, B), (B,) → (B,)
    """
    farther = between.masked_fill(same | (between <= positive[:, None]), torch.inf)  # (B, B)
    nearest, place = farther.min(-1)
    return torch.where(nearest.isinf(), between.masked_fill(same, -torch.inf).argmax(-1), place)
