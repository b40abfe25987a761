"""Rotating pairs of features as vectors on small dials: which pairs are shown, and where their numbers stand."""

import torch
from torch import Tensor

DIALS, ACROSS = 8, 4  # pairs on screen at most, and in a row


def shown_pairs(pairs: int) -> Tensor:
    """Those that have a dial, from the first to the last."""
    return torch.linspace(0, pairs - 1, min(DIALS, pairs)).round().long()


def pair_vectors(x: Tensor) -> Tensor:
    """The pairs on screen: (F, d) → (F, shown, 2)."""
    return x.unflatten(1, (-1, 2))[:, shown_pairs(x.shape[1] // 2)]


def vector_points(x: Tensor) -> Tensor:
    """Features (F, d) at the points of the dials: centre, tip and gap of every vector, both features at the tip."""
    tips = pair_vectors(x)[:, :, None]  # (F, shown, 1, 2)
    return torch.cat([torch.zeros_like(tips), tips, torch.zeros_like(tips)], dim=2).flatten(1, 2)


def short(tokens: float) -> str:
    """6, 353, 1.1 k, 35 k, 6.3 M."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if tokens >= size:
            return f"{tokens / size:.{1 if tokens < 10 * size else 0}f}{unit}"
    return f"{tokens:.0f}"
