"""Texts in which attention has work at a few symbols and none at all others.

Paper: Guo et al. 2024, "Active-Dormant Attention Heads" (the Bigram-Backcopy task). Ordinary symbols follow each other
by chance; after a trigger, what stood before it comes again. Added here: a fact, told once and asked for.

Symbols
    V  symbols there are     T  length     B  texts
"""

from functools import cache

import torch
from torch import Tensor

from models.data.symbol_sequences import NOT_ASKED
from models.seeding import normal

ORDINARY, TRIGGERS, FACTS = 29, 3, 8
"""The first ``TRIGGERS`` of the ordinary symbols are triggers."""
FIRST_FACT = ORDINARY
ASK = FIRST_FACT + FACTS
START = ASK + 1
SYMBOLS = START + 1
LABELS = (*"ABC", *"abcdefghijklmnopqrstuvwxyz", *"12345678", "?", "start")
LENGTH = 64
"""Of the texts that models are trained on."""

UNEVENNESS = 1.5  # of the bigram table: standard deviation of its logits
ASKED = 0.05  # chance of the question after an ordinary symbol, once the fact was told
TOLD_FROM, TOLD_TO = 2, 24


@cache
def bigram() -> Tensor:
    """Pr(next ordinary symbol | this one), (V, ORDINARY); nothing but an ordinary symbol precedes a trigger."""
    logits = UNEVENNESS * normal(SYMBOLS, ORDINARY, seed=7)
    logits[:TRIGGERS, :TRIGGERS] = logits[ORDINARY:, :TRIGGERS] = -torch.inf
    return logits.softmax(dim=-1)


def texts(rows: int, length: int, draws: torch.Generator, told: bool = True) -> Tensor:
    """START, then ``length`` − 1 symbols; with a fact and questions for it, if ``told``. (B, T)"""
    places = torch.randint(TOLD_FROM, TOLD_TO, (rows,), generator=draws) if told else torch.full((rows,), length)
    fact = torch.randint(FIRST_FACT, ASK, (rows,), generator=draws)
    chance, question = torch.rand(2, length, rows, generator=draws)  # (T, B)
    upto, ids = bigram().cumsum(dim=-1), torch.full((rows, length), START)
    for t in range(1, length):
        last = ids[:, t - 1]
        drawn = (upto[last] < chance[t][:, None]).sum(dim=-1).clamp(max=ORDINARY - 1)
        after_ordinary = (last >= TRIGGERS) & (last < ORDINARY)
        drawn = torch.where(after_ordinary & (places < t) & (question[t] < ASKED), ASK, drawn)
        places = torch.where((places == t) & (last < TRIGGERS), t + 1, places)  # not in place of a copy
        drawn = torch.where((places == t) | (last == ASK), fact, drawn)
        ids[:, t] = torch.where(last < TRIGGERS, ids[:, t - 2], drawn)
    return ids


def targets(ids: Tensor) -> Tensor:
    """The next symbol, NOT_ASKED where the text is broken into: no model is asked to predict the fact or the question.

    A head that had to would watch for the fact at every symbol. (B, T) gives (B, T − 1).
    """
    now, then = ids[:, :-1], ids[:, 1:]
    broken_into = (then == ASK) | ((then >= FIRST_FACT) & (now != ASK))
    return torch.where(broken_into, NOT_ASKED, then)


def best_losses(ids: Tensor) -> Tensor:
    """−ln Pr(idₜ₊₁ | what the rules say): nats that no model can save, 0 after a trigger. For texts without a fact.

    (B, T) gives (B, T − 1).
    """
    now, then = ids[:, :-1], ids[:, 1:]
    losses = -bigram().to(ids.device)[now, then.clamp(max=ORDINARY - 1)].log()
    return torch.where(now < TRIGGERS, 0.0, losses)


def questions(distance: int, rows: int, draws: torch.Generator) -> Tensor:
    """Texts that end with the question, ``distance`` symbols after the fact; the answer is not among them. (B, T)

    Raises ValueError where the fact would stand before the first symbol.
    """
    if not 1 <= distance < LENGTH - 1:
        raise ValueError(f"distance: {distance} is not between 1 and {LENGTH - 2}")
    ids = texts(rows, LENGTH, draws, told=False)
    ids[:, -1] = ASK
    ids[:, -1 - distance] = torch.randint(FIRST_FACT, ASK, (rows,), generator=draws)
    return ids
