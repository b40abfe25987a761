"""Errors of held-out clips by frame, and by how long the square has been hidden."""

import torch
from torch import Tensor

from app.experiments.contrastive.hidden_frames.tested_clips import LAST
from models.data.moving_square import FRAMES


def mean_by_frame(numbers: Tensor, chosen: Tensor) -> Tensor:
    """Mean over the chosen clips, frame by frame; not a number where there are none.  (Q, F), (Q, F) → (F,)"""
    return (numbers * chosen).sum(0) / chosen.sum(0)


def by_distance(errors: Tensor, ahead: Tensor) -> Tensor:
    """Mean error after 1, 2, … frames out of sight; not a number where no clip hides it as long.

    (Q, F), (Q, F) → (F − 1,)
    """
    return torch.stack([errors[ahead == frames].mean() for frames in range(1, FRAMES)])


def growth(errors: Tensor, ahead: Tensor) -> float:
    """Mean error after LAST hidden frames less that after one, in the same clips, over its standard error."""
    first, last = ((errors * (ahead == frames)).sum(1) for frames in (1, LAST))  # (Q,)
    both = ((ahead == 1).sum(1) == 1) & ((ahead == LAST).sum(1) == 1)
    more = (last - first)[both]
    return (more.mean() / (more.std() / len(more) ** 0.5)).item()
