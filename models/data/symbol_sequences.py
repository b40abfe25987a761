"""Three tasks on bare symbols that tell sequence models apart, drawn as tensors on any device.

    selective copy  · a · · b · c · → a b c     the same symbols in their order, whatever stands between them
    delayed copy    · a b c · · · · → a b c     the same, but each stands as many tokens before it must be generated
    recall          1 a 2 b 3 c | 2 b 1 a 2 b   the value that was told with each key

Papers: Gu & Dao 2023, "Mamba", section 4.1.1 (selective copying); Arora et al. 2023, "Zoology", section 4
(multi-query associative recall).

Symbols
    B  rows        T  length        P  pairs        M  symbols to copy
"""

from typing import NamedTuple

import torch
from torch import Tensor

NOISE, GO = 0, 1
KEYS, VALUES = 32, 32
FIRST_KEY = 2
FIRST_VALUE = FIRST_KEY + KEYS
SYMBOLS = FIRST_VALUE + VALUES
DELAY = 24
NOT_ASKED = -100


class Sequences(NamedTuple):
    """Inputs, and the next symbol where it can be known (NOT_ASKED elsewhere)."""

    inputs: Tensor  # (B, T)
    targets: Tensor  # (B, T)


def shuffled(rows: int, choices: int, draws: torch.Generator) -> Tensor:
    """A random order of 0 … choices − 1 in every row: (rows, choices)."""
    return torch.rand(rows, choices, generator=draws, device=draws.device).argsort(dim=1)


def asked_after(symbols: Tensor, known: Tensor) -> Sequences:
    """Predict each symbol from those before it, but only where ``known`` says that it can be."""
    return Sequences(symbols[:, :-1], torch.where(known, symbols, NOT_ASKED)[:, 1:])


def selective_copy(rows: int, length: int, symbols: int, draws: torch.Generator) -> Sequences:
    """``symbols`` different ones at random places among noise, then GO, then the same again; ``length`` in all.

    Raises ValueError where there is no room.
    """
    room = length - symbols  # (the last symbol is only a target)
    if room < symbols:
        raise ValueError(f"length: {length} is too short to copy {symbols} symbols")
    chosen = FIRST_VALUE + shuffled(rows, VALUES, draws)[:, :symbols]  # (B, M)
    places = shuffled(rows, room, draws)[:, :symbols].sort(dim=1).values  # (B, M)
    return _copied(chosen, places, room)


def delayed_copy(rows: int, length: int, symbols: int, draws: torch.Generator) -> Sequences:
    """The same, but each symbol stands DELAY tokens before the token from which it must be predicted.

    Raises ValueError where there is no room.
    """
    room = length - symbols
    if room < DELAY or symbols > DELAY:
        raise ValueError(f"length: {length} is too short to copy {symbols} symbols after {DELAY} tokens")
    chosen = FIRST_VALUE + shuffled(rows, VALUES, draws)[:, :symbols]  # (B, M)
    places = torch.arange(room - DELAY, room - DELAY + symbols, device=draws.device).expand(rows, -1)  # (B, M)
    return _copied(chosen, places, room)


def _copied(chosen: Tensor, places: Tensor, room: int) -> Sequences:
    """The chosen symbols at their places among noise, GO, then the same again."""
    rows, symbols = chosen.shape
    read = torch.full((rows, room), NOISE, device=chosen.device).scatter(1, places, chosen)  # (B, R)
    whole = torch.cat([read, torch.full_like(read[:, :1], GO), chosen], dim=1)  # (B, T + 1)
    known = torch.arange(room + symbols + 1, device=chosen.device).expand(rows, -1) > room
    return asked_after(whole, known)


def recall(rows: int, length: int, pairs: int, draws: torch.Generator) -> Sequences:
    """``pairs`` of key and value, then GO and, to the end, any of the keys, each before its value.

    Keys are asked in any order and again and again, so that none can be had by leaving out those that were asked.
    Raises ValueError where there is no room to ask as many as there are.
    """
    asked = length // 2 - pairs
    if asked < pairs:
        raise ValueError(f"length: {length} is too short to recall {pairs} pairs")
    keys = FIRST_KEY + shuffled(rows, KEYS, draws)[:, :pairs]  # (B, P)
    values = FIRST_VALUE + torch.randint(VALUES, (rows, pairs), generator=draws, device=draws.device)  # (B, P)
    told = torch.stack([keys, values], dim=2)  # (B, P, 2)
    which = torch.randint(pairs, (rows, asked), generator=draws, device=draws.device)  # (B, A)
    again = told.gather(1, which[:, :, None].expand(-1, -1, 2)).flatten(1)  # (B, 2A)
    front = torch.full((rows, length % 2), NOISE, device=draws.device)
    whole = torch.cat([front, told.flatten(1), torch.full_like(keys[:, :1], GO), again], dim=1)  # (B, T + 1)
    place = torch.arange(length + 1, device=draws.device).expand(rows, -1) - length % 2
    known = (place > 2 * pairs) & (place % 2 == 0)
    return asked_after(whole, known)
