"""Lists of different words, to be written again in the same order or from the last to the first.

    copy       ball pen flag  →  ball pen flag
    reverse    ball pen flag  →  flag pen ball

No word stands twice in a list, so a word tells where it stood.

Symbols
    B  lists        L  words in each
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.symbol_sequences import shuffled

Task = Literal["copy", "reverse"]

WORDS = (
    "ball", "bell", "boat", "book", "bowl", "box", "brush", "cake", "clock", "coin", "cup", "drum", "fan", "flag",
    "fork", "hat", "key", "kite", "lamp", "leaf", "map", "mug", "nut", "pen", "pot", "ring", "rope", "sock", "star",
    "tent",
)  # fmt: skip
END = len(WORDS)
"""Closes every list, and opens what the decoder reads."""
SYMBOLS = END + 1
SHORTEST, LONGEST = 2, 16


class Lists(NamedTuple):
    source: Tensor  # (B, L + 1) read by the encoder, closed by END
    target: Tensor  # (B, L + 1) to be written, closed by END


def lists(rows: int, length: int, task: Task, draws: torch.Generator) -> Lists:
    """Random lists of that many words, all different."""
    return written(shuffled(rows, len(WORDS), draws)[:, :length], task)


def written(words: Tensor, task: Task) -> Lists:
    """The task for lists of words (B, L)."""
    end = torch.full_like(words[:, :1], END)
    answer = words.flip(1) if task == "reverse" else words
    return Lists(torch.cat([words, end], dim=1), torch.cat([answer, end], dim=1))


def shifted_right(target: Tensor) -> Tensor:
    """What a teacher lets the decoder read: END, then the target without its last symbol. (B, T)"""
    return torch.cat([torch.full_like(target[:, :1], END), target[:, :-1]], dim=1)


def ids_of(words: Sequence[str]) -> Tensor:
    """(1, L). Raises ValueError for a word that is not among WORDS."""
    return torch.tensor([[WORDS.index(word) for word in words]])


def text_of(ids: Tensor) -> list[str]:
    """The words of ids (L,), “.” for END."""
    return [WORDS[i] if i < END else "." for i in ids.tolist()]
