"""Texts that state the homes of several people and end by asking for one of them, near or far back.

    Ada lives in Lund . Ben lives in Oslo . … Ada lives in        the answer: Lund

Symbols
    B  texts       T  tokens of a text, T = 5 P + 5       P  people
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice
from models.data.words import CITIES, GUESTS
from models.tokenization.tokenizer import END, ids_of

PEOPLE, SENTENCE, QUESTION = 10, 5, 3
"""People of a text, tokens of a statement, tokens of the question."""


class HomesAsked(NamedTuple):
    """Whole texts, their answers included; nobody in them is known from training."""

    ids: Tensor  # (B, T) an end-of-text token, the statements, the question, the answer
    asked: Tensor  # (B,) which of the statements is asked for, from 0
    stated: Tensor  # (B, P) the cities in the order of the statements

    @property
    def back(self) -> Tensor:
        """Tokens from the answer to the beginning of the sentence with the fact, which so long a window shows.  (B,)"""
        return back_to(self.asked)


def back_to(statement: Tensor) -> Tensor:
    """5 (P − i) + 3: tokens from the answer back to the beginning of statement i."""
    return SENTENCE * (PEOPLE - statement) + QUESTION


def homes_asked(texts: int, seed: int) -> HomesAsked:
    """``texts`` of them; the first asks for the first person, the second for the second, and so on."""
    dice, rows, asked, stated = Dice(f"homes asked last {seed}"), [], [], []
    for text in range(texts):
        people, cities = dice.some(GUESTS, PEOPLE), dice.some(CITIES, PEOPLE)
        of = text % PEOPLE
        lines = [f"{who} lives in {city}" for who, city in zip(people, cities, strict=True)]
        rows.append([END, *ids_of(" . ".join([*lines, lines[of]]))])
        asked.append(of)
        stated.append([ids_of(city)[0] for city in cities])
    return HomesAsked(torch.tensor(rows), torch.tensor(asked), torch.tensor(stated))


def without_statement(homes: HomesAsked, which: Tensor) -> Tensor:
    """The texts with the statement ``which`` (B,) of each taken out: (B, T − 5)."""
    B, T = homes.ids.shape
    place = torch.arange(T).expand(B, -1)  # (B, T)
    first = 1 + SENTENCE * which[:, None]  # (B, 1)
    return homes.ids[(place < first) | (place >= first + SENTENCE)].view(B, T - SENTENCE)
