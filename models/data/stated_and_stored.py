"""Two kinds of question to one model: about pairs that stand in front of it, and about a table that never changes.

    pairs  a→c  d→b       stated: a? → c           stored: the table's entry at row u, column v

A stated pair is drawn anew for every row, so only attention can find it. The table is the same at all times and never
shown, so only weights can hold it.

Symbols
    B  rows      P  pairs, and as many questions of each kind      V  answers      U  rows and columns of the table
"""

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator

ANSWERS, PAIRS, SIDE = 32, 12, 32
ASKED = ANSWERS
"""The second symbol of a stated question; pairs have an answer there."""

FIRST, SECOND = ANSWERS + SIDE, ANSWERS + 1 + SIDE
"""Symbols that come first and second in a token."""


class Questions(NamedTuple):
    """P pairs, P questions about them, P questions about the table."""

    ids: Tensor  # (B, 3P, 2)
    answers: Tensor  # (B, 2P) the stated ones first


@cache
def table() -> Tensor:
    """What is to be stored: U² answers drawn at random, (U, U)."""
    return torch.randint(ANSWERS, (SIDE, SIDE), generator=generator(1))


def questions(rows: int, draws: torch.Generator) -> Questions:
    """New pairs in every row, and entries of the table at random."""
    keys = torch.rand(rows, ANSWERS, generator=draws).argsort(dim=1)[:, :PAIRS]  # (B, P)
    values = torch.randint(ANSWERS, (rows, PAIRS), generator=draws)  # (B, P)
    at = torch.randint(SIDE, (rows, PAIRS, 2), generator=draws)  # (B, P, 2)
    stated = torch.stack([keys, torch.full_like(keys, ASKED)], dim=2)  # (B, P, 2)
    stored = at + torch.tensor([ANSWERS, ANSWERS + 1])  # (B, P, 2)
    ids = torch.cat([torch.stack([keys, values], dim=2), stated, stored], dim=1)  # (B, 3P, 2)
    return Questions(ids, torch.cat([values, table()[at[..., 0], at[..., 1]]], dim=1))
