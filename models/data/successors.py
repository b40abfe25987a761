"""One next symbol for each of 32: around a ring, in pairs that name each other, or any at all.

Symbols
    S  symbols
"""

from typing import Literal

import torch
from torch import Tensor

from models.seeding import generator

SYMBOLS = 32

Rule = Literal["one ring", "mutual pairs", "at random"]


def successors(rule: Rule, seed: int) -> tuple[Tensor, Tensor]:
    """What comes after each symbol (S,), and an order (S,) in which a ring's next one, or a pair's other, is beside."""
    draws = generator(seed)
    order = torch.randperm(SYMBOLS, generator=draws)  # (S,)
    if rule == "at random":
        return torch.randint(SYMBOLS, (SYMBOLS,), generator=draws), order
    beside = order.roll(-1) if rule == "one ring" else order.unflatten(0, (-1, 2)).flip(1).flatten()
    return torch.zeros_like(order).scatter(0, order, beside), order
