"""How much ink a digit has: a second property of it, beside its class, that a generator can be asked for.

Symbols
    B  digits        N  side of a digit        P  learned digits
"""

from functools import cache

import torch
from torch import Tensor

from models.data.digits import digits

LEVELS = ("little", "medium", "much")
"""A third of the learned digits each."""


@cache
def borders() -> Tensor:
    """Ink between little and medium, and between medium and much.  → (2,)"""
    ink = digits()[0].images.flatten(1).sum(1)  # (P,)
    return torch.quantile(ink, torch.tensor([1 / 3, 2 / 3]))


def ink_levels(images: Tensor) -> Tensor:
    """0, 1 or 2 for the ink of each image.  (B, 1, N, N) → (B,)"""
    return torch.bucketize(images.flatten(1).sum(1), borders().to(images.device))
