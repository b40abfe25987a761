"""Texts in which one digit at a time must be kept: “3 8 *5 2 7 ? 1 *4 9 ?”, the answers 5 and 4.

A step is a digit, marked or not, or a question. Most digits are distractors.

Symbols
    B  rows        T  steps
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot

DIGITS = 10
MARK, ASK = 10, 11
FEATURES = 12
NOT_ASKED = -100


class Marked(NamedTuple):
    """What is read, and at each question the digit that was marked last."""

    x: Tensor  # (B, T, F) ten digits, the mark, the question
    targets: Tensor  # (B, T) NOT_ASKED where there is no question, or nothing was marked yet

    @property
    def marks(self) -> Tensor:
        """Where a digit is marked: (B, T), true or false."""
        return self.x[..., MARK] > 0

    @property
    def asks(self) -> Tensor:
        """Where there is a question: (B, T), true or false."""
        return self.x[..., ASK] > 0


def read_as(digits: Tensor, marked: Tensor, asked: Tensor) -> Marked:
    """Digits (B, T), and where one is marked and where a question stands instead of it, as features and answers."""
    said = one_hot(digits, DIGITS) * ~asked[..., None]  # (B, T, 10)
    x = torch.cat([said, marked[..., None], asked[..., None]], dim=-1).float()  # (B, T, F)
    place = torch.arange(digits.shape[1], device=digits.device)
    last = torch.where(marked, place, -1).cummax(dim=1).values  # (B, T)
    known = asked & (last >= 0)  # (B, T)
    return Marked(x, torch.where(known, digits.gather(1, last.clamp(min=0)), NOT_ASKED))


def texts(rows: int, length: int, draws: torch.Generator, second: float = 0.5) -> Marked:
    """A digit marked in the first half; with chance ``second`` another one later; questions here and at the end."""
    on = {"generator": draws, "device": draws.device}
    digits = torch.randint(DIGITS, (rows, length), **on)
    first = torch.randint(length // 2, (rows, 1), **on)
    later = first + 1 + (torch.rand(rows, 1, **on) * (length - first - 2)).long()
    later = torch.where(torch.rand(rows, 1, **on) < second, later, first)  # (B, 1)
    place = torch.arange(length, device=draws.device)
    marked = (place == first) | (place == later)  # (B, T)
    asked = (torch.rand(rows, length, **on) < 0.1) | (place == length - 1)  # (B, T)
    return read_as(digits, marked, asked & ~marked)


def parsed(text: str, most: int) -> tuple[Marked, list[str]]:
    """A typed text as one row of at most ``most`` steps, and a label for each: “*” marks the digit that follows.

    A text without any is read as “0”.
    """
    labels: list[str] = []
    marking = False
    for sign in text:
        if sign == "*":
            marking = True
        elif sign in "0123456789?" and len(labels) < most:
            labels.append("*" * (marking and sign != "?") + sign)
            marking = False
    labels = labels or ["0"]
    digits = torch.tensor([[0 if label == "?" else int(label[-1]) for label in labels]])
    marked = torch.tensor([[label[0] == "*" for label in labels]])
    return read_as(digits, marked, torch.tensor([[label == "?" for label in labels]])), labels


def last_read(text: Marked) -> Marked:
    """The same texts with another answer: at each question the last digit that was read, marked or not."""
    digit = text.x[..., :DIGITS].argmax(dim=-1)  # (B, T)
    place = torch.arange(digit.shape[1], device=digit.device)
    last = torch.where(text.asks, -1, place).cummax(dim=1).values  # (B, T)
    read = digit.gather(1, last.clamp(min=0))  # (B, T)
    return Marked(text.x, torch.where(text.targets != NOT_ASKED, read, NOT_ASKED))


def one_more(text: Marked) -> Marked:
    """The same texts with another answer: one more than the marked digit, and 0 after 9."""
    return Marked(text.x, torch.where(text.targets != NOT_ASKED, (text.targets + 1) % DIGITS, NOT_ASKED))
