"""Texts in which homes are stated and, a known distance later, stated again: what a window has lost shows."""

import torch
from torch import Tensor

from models.data.dice import Dice
from models.data.words import CITIES, GUESTS
from models.tokenization.tokenizer import END, ids_of

PEOPLE, TEXTS = 5, 64


def facts_asked_again(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Texts (B, T) in which five homes are stated twice, positions of the answers (B, P), distances in tokens (B, P).

    Two orders of asking take turns, so that every fifth distance from 4 to 44 occurs.
    """
    dice, rows, told = Dice(f"window {seed}"), [], []
    for text in range(TEXTS):
        lines = [
            f"{who} lives in {city} ."
            for who, city in zip(dice.some(GUESTS, PEOPLE), dice.some(CITIES, PEOPLE), strict=True)
        ]
        order = [(PEOPLE - 1 - asked + text % 2) % PEOPLE for asked in range(PEOPLE)]
        rows.append([END, *ids_of(" ".join(lines + [lines[i] for i in order]))])
        told.append([1 + 5 * i + 3 for i in order])
    answers = torch.tensor([1 + 5 * (PEOPLE + asked) + 3 for asked in range(PEOPLE)]).expand(TEXTS, PEOPLE)
    return torch.tensor(rows), answers, answers - 1 - torch.tensor(told)
