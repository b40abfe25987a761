"""Pictures whose patches change places: kept, all pictures in one other order, or each picture in a new one.

Symbols
    x  pictures (B, C, N, N)      P  side of a patch        T = (N/P)²  patches      π  order (T,) or (B, T)
"""

from typing import Literal

import torch
from torch import Tensor

from models.seeding import generator
from models.transformer.vision_transformer import patches, unpatched

Order = Literal["kept", "new for each picture", "one other order"]


def reordered(x: Tensor, order: Tensor, side: int) -> Tensor:
    """Patch t of the result is patch π(t) of the picture: (B, C, N, N) → (B, C, N, N)."""
    tokens = patches(x, side)  # (B, T, C·P·P)
    picked = tokens.gather(1, order.expand(tokens.shape[:2])[..., None].expand_as(tokens))  # (B, T, C·P·P)
    return unpatched(picked, side, x.shape[-1])


def new_orders(pictures: int, patches: int, draws: torch.Generator) -> Tensor:
    """An order for each picture, all of them equally likely: (B, T)."""
    return torch.rand(pictures, patches, generator=draws, device=draws.device).argsort(dim=1)


def fixed_order(patches: int, seed: int = 0) -> Tensor:
    """The one other order, (1, T)."""
    return new_orders(1, patches, generator(seed))


def in_order(x: Tensor, order: Order, side: int, draws: torch.Generator) -> Tensor:
    """The pictures with their patches as this kind of order has them."""
    count = (x.shape[-1] // side) ** 2
    if order == "kept":
        return x
    if order == "one other order":
        return reordered(x, fixed_order(count).to(x.device), side)
    return reordered(x, new_orders(len(x), count, draws), side)
