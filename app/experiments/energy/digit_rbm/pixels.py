"""Digits of black and white pixels, the same with their pixels shuffled, and pixels taken as independent."""

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.energy.contrastive_divergence import Parameters

PIXELS, BATCH = 64, 25
RARE = 0.02
"""The first biases reproduce how often each pixel is black, taken to be no rarer than this."""


@memo
def black_and_white() -> tuple[Tensor, Tensor]:
    """Digits to learn from and held-out ones: 1 where there is more ink than paper. (1500, 64), (297, 64)"""
    learn, held_out = ((half.images.flatten(1) > 0).float() for half in digits())
    return learn, held_out


def shuffled_across(rows: Tensor, draws: torch.Generator) -> Tensor:
    """Every column in an order of its own: how often each pixel is black stays, what goes together is lost."""
    return torch.stack([column[torch.randperm(len(rows), generator=draws)] for column in rows.T], dim=1)


def started(rows: Tensor, hidden: int, draws: torch.Generator) -> Parameters:
    share = rows.mean(0, keepdim=True).clamp(RARE, 1 - RARE)
    return Parameters(0.01 * torch.randn(PIXELS, hidden, generator=draws), share.logit(), torch.zeros(1, hidden))


def independent_pixels(learn: Tensor, held_out: Tensor) -> float:
    share = learn.mean(0).clamp(RARE / 2, 1 - RARE / 2)
    return (held_out @ share.log() + (1 - held_out) @ (1 - share).log()).mean().item()
