"""WordPiece: the vocabulary grows by the pair that the training text makes most unlikely to stand together by chance.

Papers: Schuster & Nakajima 2012, "Japanese and Korean Voice Search", section 2 (the training, by likelihood);
Wu et al. 2016, "Google's Neural Machine Translation System", section 4.1; Devlin et al. 2019, "BERT" (the mark ## of a
piece that continues a word; encoding by the longest match).

Symbols
    a, b    neighbouring pieces          count   how often a piece, or a pair, stands in the training text
    V       the vocabulary               [UNK]   what stands for a word that cannot be spelt from V
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping

from models.tokenization.byte_pair_encoding import Pair, Pieces, merge_everywhere, pair_counts

UNKNOWN = "[UNK]"
CONTINUES = "##"


def spelt(word: str) -> Pieces:
    """A word in single characters, all but the first marked as a continuation."""
    return (word[0], *(CONTINUES + character for character in word[1:]))


def joined(left: str, right: str) -> str:
    """One piece of two neighbours."""
    return left + right.removeprefix(CONTINUES)


def score(pair: Pair, pairs: Mapping[Pair, int], pieces: Mapping[str, int]) -> float:
    """score(a, b) = count(a, b) / (count(a) · count(b))"""
    return pairs[pair] / (pieces[pair[0]] * pieces[pair[1]])


def piece_counts(words: Mapping[Pieces, int]) -> Counter[str]:
    """count(a) = Σ_w count(w) · #{ i : w_i = a }"""
    counts = Counter[str]()
    for pieces, count in words.items():
        for piece in pieces:
            counts[piece] += count
    return counts


def likelihood_gain(pair: Pair, pairs: Mapping[Pair, int], pieces: Mapping[str, int]) -> float:
    """gain(a, b) = count(a, b) · log( count(a, b) · N / (count(a) · count(b)) ), N pieces in all

    To first order what the log-likelihood of the text gains if the pair becomes one piece.
    """
    return pairs[pair] * math.log(score(pair, pairs, pieces) * sum(pieces.values()))


def learned(word_counts: Mapping[str, int], size: int) -> list[str]:
    """A vocabulary of at most ``size`` pieces for words with these counts: the characters, then the merged pairs."""
    words = {spelt(word): count for word, count in word_counts.items()}
    pairs, pieces = pair_counts(words), piece_counts(words)
    found = dict.fromkeys(sorted(pieces))
    while len(found) < size and pairs:
        best = max(sorted(pairs), key=lambda pair: likelihood_gain(pair, pairs, pieces))
        found[joined(*best)] = None
        merge_everywhere(words, pairs, best, joined(*best))
        pieces = piece_counts(words)
    return list(found)


def encode(word: str, vocabulary: Collection[str]) -> Pieces:
    """piece_i = the longest beginning of what is left that is in V; [UNK] for the whole word if there is none"""
    pieces, at = [], 0
    while at < len(word):
        mark = CONTINUES if at else ""
        ends = (end for end in range(len(word), at, -1) if mark + word[at:end] in vocabulary)
        end = next(ends, None)
        if end is None:
            return (UNKNOWN,)
        pieces.append(mark + word[at:end])
        at = end
    return tuple(pieces)


def longest_match(word: str, vocabulary: Collection[str]) -> Pieces:
    """The same without marks: the longest beginning of what is left that is in V, or else its first character."""
    pieces, at = [], 0
    while at < len(word):
        end = next((end for end in range(len(word), at, -1) if word[at:end] in vocabulary), at + 1)
        pieces.append(word[at:end])
        at = end
    return tuple(pieces)
