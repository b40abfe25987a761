"""A word cut otherwise than its tokeniser cuts it, into pieces that the vocabulary has all the same.

Paper: Provilkov et al. 2020, "BPE-Dropout: Simple and Effective Subword Regularization", section 3 (each merge is left
out with some probability).
"""

from collections.abc import Mapping
from itertools import pairwise

from models.data.dice import Dice
from models.tokenization.byte_pair_encoding import Pair, Pieces, merged


def with_dropout(word: str, rank: Mapping[Pair, int], p: float, dice: Dice) -> Pieces:
    """while pairs are known: leave each out with probability p, merge the pair of lowest rank that is left"""
    pieces: Pieces = tuple(word)
    while kept := [pair for pair in pairwise(pieces) if pair in rank and not dice.chance(p)]:
        pieces = merged(pieces, min(kept, key=rank.__getitem__))
    return pieces


def other_cut(word: str, usual: Pieces, rank: Mapping[Pair, int], dice: Dice, tries: int = 50) -> Pieces:
    """A cut of the word into legal pieces that is not the ``usual`` one; that one where none is found."""
    found = (with_dropout(word, rank, 0.3, dice) for _ in range(tries))
    return next((pieces for pieces in found if pieces != usual), usual)
