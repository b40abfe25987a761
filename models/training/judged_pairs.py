"""Judged pairs of replies as rows of tokens, for a reward model and for direct preference optimisation."""

from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor

from models.data.preferences import Pair, pairs
from models.language.chat_turns import is_reply
from models.language.tokenizer import END, ids_of
from models.training.tuning import padded_rows

LENGTH = 24


class Read(NamedTuple):
    """Prompt and reply of one side of every pair."""

    ids: Tensor  # (N, T)
    last: Tensor  # (N,) the place of the end token
    reply: Tensor  # (N, T) True on the tokens of the reply

    def at(self, rows: Tensor) -> "Read":
        return Read(*(part[rows] for part in self))


def read(texts: list[str], device: str) -> Read:
    rows = [[END, *ids_of(text), END] for text in texts]
    ids = padded_rows(rows, LENGTH).to(device)
    return Read(ids, torch.tensor([len(row) - 1 for row in rows], device=device), is_reply(ids))


def judged(count: int, seed: int, held_out: bool, device: str) -> tuple[list[Pair], Read, Read]:
    """``count`` pairs, and their chosen and rejected sides as tokens."""
    drawn = list(islice(pairs(seed, held_out), count))
    chosen = read([f"{pair.prompt} {pair.chosen}" for pair in drawn], device)
    rejected = read([f"{pair.prompt} {pair.rejected}" for pair in drawn], device)
    return drawn, chosen, rejected
