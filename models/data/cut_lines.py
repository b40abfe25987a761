"""The lines that repeat and spell words, cut into characters, into pieces and into whole words.

Symbols
    N  lines        T  tokens of the longest, the last token of the vocabulary behind the shorter ones
"""

from collections.abc import Sequence
from functools import cache
from typing import Literal

import torch
from torch import Tensor

from models.data.spelling_lines import LETTERS, Line, lines
from models.tokenization.cuts import Cut, characters, subwords, whole_words, word_counts

Kind = Literal["characters", "pieces", "words"]
KINDS: tuple[Kind, ...] = "characters", "pieces", "words"
LINES, ALPHABET, PIECES = 20_000, " .:" + LETTERS, 240


@cache
def training_lines() -> tuple[Line, ...]:
    return tuple(lines(LINES, 0))


@cache
def cut_of(kind: Kind) -> Cut:
    """How the models of a kind read; pieces are learned from the training lines."""
    if kind == "characters":
        return characters(ALPHABET)
    counts = word_counts(line.text for line in training_lines())
    return whole_words(ALPHABET, counts) if kind == "words" else subwords(ALPHABET, counts, PIECES)


def rows_of(cut: Cut, given: Sequence[Line]) -> tuple[Tensor, Tensor]:
    """Ids (N, T) of lines, padded behind, and which of them are answers (N, T)."""
    prompts, answers = ([cut.ids(part) for part in parts] for parts in zip(*((p, f"{a} .") for p, a in given)))
    T, padding = max(map(len, map(list.__add__, prompts, answers))), len(cut.tokens) - 1
    ids = torch.full((len(given), T), padding)  # (N, T)
    asked = torch.zeros(len(given), T, dtype=torch.bool)  # (N, T)
    for row, (prompt, answer) in enumerate(zip(prompts, answers)):
        ids[row, : len(prompt) + len(answer)] = torch.tensor(prompt + answer)
        asked[row, len(prompt) : len(prompt) + len(answer)] = True
    return ids, asked
