"""Texts in which a value is stated with a key and asked for later, near or far, while other symbols pass by.

    · a 3 · · b 5 · a? 3 · a 1 · b? 5 a? 1        a question's answer is the value that its key was given last

Symbols
    B  rows       S  slots of two symbols, T = 2 S       K  keys
"""

from typing import NamedTuple

import torch
from torch import Tensor

KEYS, VALUES, FILLERS = 6, 8, 8
FIRST_VALUE = FILLERS
FIRST_KEY = FIRST_VALUE + VALUES
FIRST_QUESTION = FIRST_KEY + KEYS
SYMBOLS = FIRST_QUESTION + KEYS
NOT_ASKED = -100
STATED, ASKED = 0.15, 0.25
"""Chances that a slot states a value, and that it asks for one; the others hold two fillers."""


class Facts(NamedTuple):
    """What is read, and at each question its answer and how far back that was stated."""

    ids: Tensor  # (B, T)
    targets: Tensor  # (B, T) NOT_ASKED but at questions
    distance: Tensor  # (B, T) tokens from the stated value to the question; 0 where nothing is asked


def texts(rows: int, slots: int, draws: torch.Generator) -> Facts:
    """Every slot is drawn by itself; a key is asked for only after it was given a value."""
    on = {"generator": draws, "device": draws.device}
    chance = torch.rand(rows, slots, **on)  # (B, S)
    key, value = torch.randint(KEYS, (rows, slots), **on), torch.randint(VALUES, (rows, slots), **on)
    filler = torch.randint(FILLERS, (rows, slots, 2), **on)
    stated = chance < STATED  # (B, S)
    place = torch.arange(slots, device=draws.device)
    own = stated[:, None] & (key[:, None] == torch.arange(KEYS, device=draws.device)[:, None])  # (B, K, S)
    last = torch.where(own, place, -1).cummax(dim=2).values  # (B, K, S)
    preferred = torch.where(last >= 0, torch.rand(rows, KEYS, slots, **on), -1.0)  # (B, K, S)
    question = preferred.argmax(dim=1)  # (B, S)
    told = last.gather(1, question[:, None]).squeeze(1)  # (B, S) slot in which the answer was stated
    asked = (chance >= STATED) & (chance < STATED + ASKED) & (told >= 0)  # (B, S)
    answer = FIRST_VALUE + value.gather(1, told.clamp(min=0))  # (B, S)
    first = torch.where(stated, FIRST_KEY + key, torch.where(asked, FIRST_QUESTION + question, filler[..., 0]))
    second = torch.where(stated, FIRST_VALUE + value, torch.where(asked, answer, filler[..., 1]))
    ids = torch.stack([first, second], dim=2).flatten(1)  # (B, T)
    nothing = torch.full_like(answer, NOT_ASKED)
    targets = torch.stack([torch.where(asked, answer, NOT_ASKED), nothing], dim=2).flatten(1)  # (B, T)
    distance = torch.stack([torch.where(asked, 2 * (place - told) - 1, 0), torch.zeros_like(told)], dim=2).flatten(1)
    return Facts(ids, targets, distance)


def outdated(facts: Facts, answers: Tensor) -> Tensor:
    """Where a question is answered with a value that its key had before the newest one: (B, T).

    ``answers`` (B, T) are symbols.
    """
    first, second = facts.ids.unflatten(1, (-1, 2)).unbind(dim=2)  # (B, S)
    keys, values = torch.arange(KEYS, device=first.device), torch.arange(VALUES, device=first.device)
    given = (first[..., None] == FIRST_KEY + keys)[..., None] & (second[..., None] == FIRST_VALUE + values)[:, :, None]
    ever = given.cummax(dim=1).values  # (B, S, K, V): the key was given the value, in this slot or before
    asked = (facts.targets[:, ::2] != NOT_ASKED)[..., None]  # (B, S, 1)
    key = (first - FIRST_QUESTION).clamp(0, KEYS - 1)  # (B, S)
    of_key = ever.gather(2, key[..., None, None].expand(-1, -1, 1, VALUES)).squeeze(2)  # (B, S, V)
    answered = (answers[:, ::2, None] == FIRST_VALUE + values) & of_key & asked  # (B, S, V)
    old = answered.any(dim=2) & (answers[:, ::2] != facts.targets[:, ::2])  # (B, S)
    return torch.stack([old, torch.zeros_like(old)], dim=2).flatten(1)


def labels(ids: list[int]) -> list[str]:
    """A filler as “·”, a value as its digit, a key as its letter, a question as the letter with “?”."""
    letters = "abcdef"
    return [
        "·" if i < FIRST_VALUE
        else str(i - FIRST_VALUE) if i < FIRST_KEY
        else letters[i - FIRST_KEY] if i < FIRST_QUESTION
        else f"{letters[i - FIRST_QUESTION]}?"
        for i in ids
    ]  # fmt: skip
