"""A ring of symbols, given as pairs “after a comes b”, and questions that follow it for several steps.

    pairs  a→c  d→b  c→d  b→a        question  a, 2 hops        answer  d

Every ring is drawn anew, so nothing about it can be stored in the weights. A question is a symbol and a number of steps
(hops): one hop is recall of a stated pair.

Symbols
    B  rings      S  symbols of a ring, and as many pairs      K  most hops
"""

from typing import NamedTuple

import torch
from torch import Tensor

SYMBOLS, MOST_HOPS = 8, 2


class Chained(NamedTuple):
    """The S pairs, then S questions, one that starts at each symbol."""

    ids: Tensor  # (B, 2S, 2) a pair's two symbols; a question's symbol and S + hops − 1
    answers: Tensor  # (B, S) of the questions
    hops: Tensor  # (B, S)


def rings(rows: int, draws: torch.Generator) -> Tensor:
    """What comes after each symbol: (B, S), one ring through all of them."""
    order = torch.rand(rows, SYMBOLS, generator=draws).argsort(dim=1)  # (B, S)
    return torch.zeros_like(order).scatter(1, order, order.roll(-1, dims=1))


def chained(rows: int, draws: torch.Generator, most: int = MOST_HOPS, fewest: int = 1) -> Chained:
    """Rings with questions of ``fewest`` to ``most`` hops at random."""
    after = rings(rows, draws)  # (B, S)
    start = torch.arange(SYMBOLS).expand(rows, -1)  # (B, S)
    order = torch.rand(rows, SYMBOLS, generator=draws).argsort(dim=1)  # (B, S)
    hops = torch.randint(fewest, most + 1, (rows, SYMBOLS), generator=draws)  # (B, S)
    at, answers = start, torch.zeros_like(start)
    for hop in range(1, most + 1):
        at = after.gather(1, at)  # (B, S)
        answers = torch.where(hops == hop, at, answers)  # (B, S)
    pairs = torch.stack([order, after.gather(1, order)], dim=2)  # (B, S, 2)
    questions = torch.stack([start, SYMBOLS + hops - 1], dim=2)  # (B, S, 2)
    return Chained(torch.cat([pairs, questions], dim=1), answers, hops)
