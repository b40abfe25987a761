"""Recall of many stated pairs: rings of some of 32 symbols, given as pairs, and a question for each.

    pairs  a→c  d→b  c→d  b→a        question  c        answer  d

The symbols of a ring and their order are drawn anew every time, so nothing about them can be stored in the weights.

Symbols
    B  rings      P  pairs of a ring, and as many questions      S  symbols to choose from
"""

from typing import NamedTuple

import torch
from torch import Tensor

SYMBOLS = 32


class Recalled(NamedTuple):
    """P pairs, then P questions, one about each first symbol."""

    ids: Tensor  # (B, 2P, 2) a pair's two symbols; a question's symbol and S
    answers: Tensor  # (B, P) of the questions


def recalled(rows: int, pairs: int, draws: torch.Generator) -> Recalled:
    """Rings through ``pairs`` of the symbols, each asked for once."""
    ring = torch.rand(rows, SYMBOLS, generator=draws).argsort(dim=1)[:, :pairs]  # (B, P)
    after = ring.roll(-1, dims=1)  # (B, P)
    order = torch.rand(rows, pairs, generator=draws).argsort(dim=1)  # (B, P)
    stated = torch.stack([ring.gather(1, order), after.gather(1, order)], dim=2)  # (B, P, 2)
    asked = torch.stack([ring, torch.full_like(ring, SYMBOLS)], dim=2)  # (B, P, 2)
    return Recalled(torch.cat([stated, asked], dim=1), after)
