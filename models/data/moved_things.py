"""Texts in which things are moved again and again, and asked for: only the last move of a thing counts.

    cup→barn  key→hall  cup?  cup→park  cup?  key? …        the answers: barn, park, hall

A move is one token and so is a question, so that a single attention step can answer.

Symbols
    B  texts        T  tokens of each
"""

from typing import NamedTuple

import torch
from torch import Tensor

THINGS = "cup", "key", "map", "hat", "bell", "drum"
PLACES = "barn", "hall", "park", "shop", "mill", "pier"
MOVES = len(THINGS) * len(PLACES)
FIRST_PLACE = MOVES + len(THINGS)
SYMBOLS = FIRST_PLACE + len(PLACES)
"""Moves of thing · PLACES + place, then a question for each thing, then the places, which are answers alone."""


class Moved(NamedTuple):
    ids: Tensor  # (B, T)
    answers: Tensor  # (B, T) the place, as a symbol, where a question stands whose thing was moved before; else −100
    back: Tensor  # (B, T) how many tokens before a question the last move of its thing stands; 0 elsewhere


NOT_ASKED = -100


def texts(rows: int, length: int, draws: torch.Generator) -> Moved:
    """Random texts: each token is a move or a question, one as likely as the other."""
    things, places = (torch.randint(len(names), (rows, length), generator=draws) for names in (THINGS, PLACES))
    asked = torch.rand(rows, length, generator=draws) < 0.5  # (B, T)
    ids = torch.where(asked, MOVES + things, things * len(PLACES) + places)  # (B, T)
    at = torch.arange(length)
    moves = (things[:, :, None] == things[:, None]) & ~asked[:, None] & (at < at[:, None])  # (B, T, T)
    last = torch.where(moves, at, -1).amax(dim=2)  # (B, T)
    known = asked & (last >= 0)
    answer = FIRST_PLACE + places.gather(1, last.clamp(min=0))  # (B, T)
    return Moved(ids, torch.where(known, answer, NOT_ASKED), torch.where(known, at - last, 0))


def name_of(symbol: int) -> str:
    """“cup→barn”, “cup?” or “barn”."""
    if symbol < MOVES:
        return f"{THINGS[symbol // len(PLACES)]}→{PLACES[symbol % len(PLACES)]}"
    return f"{THINGS[symbol - MOVES]}?" if symbol < FIRST_PLACE else PLACES[symbol - FIRST_PLACE]
