"""Which patches of a square image are hidden: a block, or as many scattered ones; and a texture that nothing predicts.

Symbols
    B  images     G = 4  patches along a side     T = G²  patches     H = 6  hidden ones     V = T − H  visible ones
"""

from functools import cache
from typing import Literal

import torch
from torch import Tensor

GRID, HIDDEN = 4, 6
Shape = Literal["block", "scattered"]


@cache
def blocks() -> Tensor:
    """All twelve blocks of 2 × 3 or 3 × 2 patches.  (12, H)"""
    places = torch.arange(GRID * GRID).view(GRID, GRID)
    return torch.stack(
        [
            places[row : row + height, column : column + width].flatten()
            for height, width in ((2, 3), (3, 2))
            for row in range(GRID - height + 1)
            for column in range(GRID - width + 1)
        ]
    )


def others(hidden: Tensor) -> Tensor:
    """The visible patches, in order: (B, H) → (B, V)."""
    seen = torch.ones(len(hidden), GRID * GRID, dtype=torch.bool).scatter(1, hidden, False)
    return seen.nonzero()[:, 1].view(len(hidden), -1)


def hidden_patches(count: int, shape: Shape, draws: torch.Generator) -> Tensor:
    """At random, for each image.  (B, H)"""
    if shape == "block":
        return blocks()[torch.randint(len(blocks()), (count,), generator=draws)]
    return torch.rand(count, GRID * GRID, generator=draws).argsort(1)[:, :HIDDEN].sort(1).values


def textured(images: Tensor, strength: float, draws: torch.Generator) -> Tensor:
    """Every pixel with normal noise of this standard deviation of its own.  (B, 1, N, N)"""
    return images + strength * torch.randn(images.shape, generator=draws)


def nearest_visible(hidden: Tensor, visible: Tensor) -> Tensor:
    """For each hidden patch the visible one that is nearest in the image.  (B, H), (B, V) → (B, H)"""
    every = torch.arange(GRID * GRID)
    places = torch.stack([every // GRID, every % GRID], -1).float()  # (T, 2)
    away = torch.cdist(places[hidden], places[visible])  # (B, H, V)
    return visible.gather(1, away.argmin(-1))
