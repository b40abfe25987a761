"""Strings of letters with quotations and nested brackets, whose depth at every place is known.

The deeper, the likelier a bracket closes; a quotation holds letters only. Which letter comes is left to chance.

Symbols
    B  rows        T  characters
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

ALPHABET = 'abcdef ()".'
OPEN, CLOSE, QUOTE = (ALPHABET.index(sign) for sign in '()"')
LETTERS = ALPHABET.index("(")
DEEPEST = 4


class Bracketed(NamedTuple):
    """Texts, and what is known of each character once it is read."""

    ids: Tensor  # (B, T)
    depth: Tensor  # (B, T) brackets that are open
    quoted: Tensor  # (B, T) 1 between two quotation marks


def latent(ids: Tensor) -> Bracketed:
    """The depth, never below 0, and whether a quotation is open, after each character of ids (B, T)."""
    depth, quoted = torch.zeros_like(ids), torch.zeros_like(ids)
    now, inside = torch.zeros_like(ids[:, 0]), torch.zeros_like(ids[:, 0])
    for t in range(ids.shape[1]):
        inside = inside ^ (ids[:, t] == QUOTE).long()
        now = (now + (ids[:, t] == OPEN).long() - (ids[:, t] == CLOSE).long()).clamp(min=0)
        depth[:, t], quoted[:, t] = now, inside
    return Bracketed(ids, depth, quoted)


def texts(rows: int, length: int, seed: int, deepest: int = DEEPEST) -> Bracketed:
    """Random texts in which no bracket closes that did not open, no deeper than ``deepest``.

    At depth d a bracket opens with chance 0.32 (1 − d / deepest) and closes with chance 0.32 d / deepest.
    """
    draw = np.random.default_rng(seed)
    ids = np.zeros((rows, length), dtype=np.int64)
    depth, quoted = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=bool)
    for t in range(length):
        chance, letter = draw.random(rows), draw.integers(LETTERS, size=rows)
        closing = 0.32 * depth / deepest
        closes = ~quoted & (chance < closing)
        opens = ~quoted & (chance >= closing) & (chance < 0.32)
        marks = np.where(quoted, chance < 0.25, (chance >= 0.32) & (chance < 0.38))
        ids[:, t] = np.select([opens, closes, marks], [OPEN, CLOSE, QUOTE], letter)
        depth += opens.astype(np.int64) - closes
        quoted ^= marks
    return latent(torch.from_numpy(ids))
