"""Letters and signs; each character is tagged by the first sign among the three characters that follow it.

    a + b c - d      tags of a: +, of b: −, of d: none

Symbols
    B  rows        T  characters
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot

ALPHABET = "abcdefgh+-"
PLUS, MINUS = ALPHABET.index("+"), ALPHABET.index("-")
TAGS = ("none", "+", "−")
AHEAD = 3


class Tagged(NamedTuple):
    """Characters, and what each is to be tagged as."""

    ids: Tensor  # (B, T)
    tags: Tensor  # (B, T) index in TAGS

    @property
    def x(self) -> Tensor:
        """One-hot: (B, T, I)."""
        return one_hot(self.ids, len(ALPHABET)).float()


def tagged(ids: Tensor) -> Tagged:
    """The tags of characters (B, T): the nearest sign ahead decides."""
    tags = torch.zeros_like(ids)
    for distance in range(AHEAD, 0, -1):
        ahead = torch.zeros_like(ids)
        ahead[:, :-distance] = ids[:, distance:]
        tags = torch.where(ahead == PLUS, 1, torch.where(ahead == MINUS, 2, tags))
    return Tagged(ids, tags)


def texts(rows: int, length: int, draws: torch.Generator) -> Tagged:
    """Characters at random."""
    return tagged(torch.randint(len(ALPHABET), (rows, length), generator=draws, device=draws.device))
