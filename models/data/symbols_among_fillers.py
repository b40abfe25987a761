"""Texts in which a quarter of the tokens needs a stored table, and the others need nothing.

A token is two characters. A hard one is two letters, and its class is the table's entry at them; the entries are
random, so that only weights can hold them. A filler is two marks, and its class is always the last.

Symbols
    B  texts       T  tokens of each       L  letters, and rows and columns of the table
"""

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator

LETTERS, MARKS, LENGTH, HARD = 12, 4, 32, 8
CHARACTERS, CLASSES = LETTERS + MARKS, LETTERS + 1


class MixedTexts(NamedTuple):
    ids: Tensor  # (B, T, 2)
    classes: Tensor  # (B, T)
    hard: Tensor  # (B, T) bool


@cache
def table() -> Tensor:
    """The class of every pair of letters, (L, L): random."""
    return torch.randint(LETTERS, (LETTERS, LETTERS), generator=generator(5))


def texts(rows: int, draws: torch.Generator) -> MixedTexts:
    """HARD tokens of each text, at random positions, are pairs of random letters."""
    hard = torch.rand(rows, LENGTH, generator=draws).argsort(dim=1) < HARD  # (B, T)
    letters = torch.randint(LETTERS, (rows, LENGTH, 2), generator=draws)  # (B, T, 2)
    marks = LETTERS + torch.randint(MARKS, (rows, LENGTH, 2), generator=draws)  # (B, T, 2)
    classes = torch.where(hard, table()[letters[..., 0], letters[..., 1]], LETTERS)  # (B, T)
    return MixedTexts(torch.where(hard[..., None], letters, marks), classes, hard)
