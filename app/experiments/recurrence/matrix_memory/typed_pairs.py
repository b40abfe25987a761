"""Pairs of a key and a value as a person types them, and the task that a trained memory reads."""

import torch
from torch import Tensor

from app.experiments.recurrence.typed_signs import cut
from models.data.memory_tasks import pairs_of

MOST = 16
LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""Of the keys."""


def parsed(typed: str) -> tuple[list[tuple[int, int]], int, list[str]]:
    """Pairs of key and value, the key that is asked, and what was left out."""
    words = typed.lower().split()
    pairs = [
        (LETTERS.index(word[0]), int(word[1]))
        for word in words
        if len(word) == 2 and word[0] in LETTERS and word[1] in "01234567"
    ]
    asked = [word[0] for word in words if len(word) == 2 and word[0] in LETTERS and word[1] == "?"]
    left_out = [word for word in words if not (len(word) == 2 and word[0] in LETTERS and word[1] in "01234567?")]
    notices = [f"text: left out {', '.join(left_out[:5])}"] if left_out else []
    notices += cut(len(pairs), MOST, "pairs")
    pairs = pairs[:MOST] or [(0, 0)]
    return pairs, LETTERS.index(asked[-1]) if asked else pairs[0][0], notices


def typed_task(pairs: list[tuple[int, int]], asked: int) -> Tensor:
    """The pairs, then the key that is asked, which need not be one of them: (1, T, F)."""
    keys = torch.tensor([[key for key, _ in pairs] + [asked]])
    values = torch.tensor([[value for _, value in pairs] + [0]])
    x = pairs_of(keys, values, torch.tensor([len(pairs)])).x
    return torch.cat([x[:, : len(pairs)], x[:, -1:]], dim=1)
