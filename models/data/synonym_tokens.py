"""The tokens of the sentences with synonyms: a known word is one token, any other word its letters.

Symbols
    B  sentences        T  tokens of the longest, 0 behind the shorter ones
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from models.data.synonym_sentences import WORDS

LETTERS = tuple(f"·{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
PAD = 0
LONGEST = 32
"""Tokens of a text that are read."""

PIECES = ("", *WORDS, *LETTERS)
"""What has a token of its own."""

_IDS = {piece: place for place, piece in enumerate(PIECES)}


def ids_of(text: str) -> list[int]:
    """Token ids: a known word is one token, any other word its letters; other characters are left out."""
    found: list[int] = []
    for word in text.lower().split():
        letters = [_IDS[f"·{letter}"] for letter in word if f"·{letter}" in _IDS]
        found += [_IDS[word]] if word in _IDS else letters
    return found


def padded(texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Ids (B, T) and where they are real (B, T), at most LONGEST; a text without a letter is one padding token."""
    rows = [ids_of(text)[:LONGEST] or [PAD] for text in texts]
    lengths = torch.tensor([len(row) for row in rows])  # (B,)
    longest = int(lengths.max())
    ids = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])  # (B, T)
    return ids, torch.arange(longest) < lengths[:, None]
