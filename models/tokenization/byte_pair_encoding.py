"""Byte pair encoding: the most frequent pair of neighbouring symbols becomes one symbol, again and again.

Papers: Gage 1994, "A New Algorithm for Data Compression" (the idea, for bytes); Sennrich et al. 2016, "Neural Machine
Translation of Rare Words with Subword Units", section 3.2 and algorithm 1 (inside words, to cut text for a model).

Symbols
    word    a string; its symbols are characters, or stand-ins for bytes      (a, b)  a pair of neighbours
    count   how often each word stands in the training text                   rank    place of a merge in their order

A merge never crosses the border of a word, and equal counts are settled by a stated rule: algorithm 1 leaves them open.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

Pieces = tuple[str, ...]
Pair = tuple[str, str]
Ties = Callable[[Pair, Mapping[str, int]], tuple[int, ...]]
"""What the pair of highest count has the most of, given the number of every symbol; settles equal counts."""


class Merge(NamedTuple):
    """One step of the training: the pair that was merged, and how often it stood in the text then."""

    pair: Pair
    count: int

    @property
    def symbol(self) -> str:
        return "".join(self.pair)


class Step(NamedTuple):
    """A merge, the pair counts by which it was chosen, and the words in pieces after it with their counts."""

    merge: Merge
    counts: dict[Pair, int]
    words: dict[Pieces, int]


def first_numbers(pair: Pair, number: Mapping[str, int]) -> tuple[int, ...]:
    """Of equally frequent pairs the one whose symbols have the smallest numbers, as in the tokenizers library."""
    return tuple(-number[symbol] for symbol in pair)


def last_numbers(pair: Pair, number: Mapping[str, int]) -> tuple[int, ...]:
    """Of equally frequent pairs the one whose symbols have the largest numbers."""
    return tuple(number[symbol] for symbol in pair)


def pair_counts(words: Mapping[Pieces, int]) -> Counter[Pair]:
    """count(a, b) = Σ_w count(w) · #{ i : w_i = a, w_{i+1} = b }"""
    counts = Counter[Pair]()
    for pieces, count in words.items():
        for pair in pairwise(pieces):
            counts[pair] += count
    return counts


def best_pair(counts: Mapping[Pair, int], number: Mapping[str, int], ties: Ties = first_numbers) -> Pair:
    """argmax_{(a, b)} count(a, b)"""
    most = max(counts.values())
    return max((pair for pair in counts if counts[pair] == most), key=lambda pair: ties(pair, number))


def merged(pieces: Pieces, pair: Pair, symbol: str | None = None) -> Pieces:
    """… a b … → … ab …, from left to right: of “aaa” the first two; ``symbol`` is what the pair becomes"""
    found, at = [], 0
    while at < len(pieces):
        whole = pieces[at : at + 2] == pair
        found.append((symbol or "".join(pair)) if whole else pieces[at])
        at += 2 if whole else 1
    return tuple(found)


def merge_everywhere(words: dict[Pieces, int], counts: Counter[Pair], pair: Pair, symbol: str | None = None) -> None:
    """The pair merged in all words, in place; the counts are corrected by the words that changed."""
    for pieces in [pieces for pieces in words if pair in pairwise(pieces)]:
        count, after = words.pop(pieces), merged(pieces, pair, symbol)
        words[after] = words.get(after, 0) + count
        for pair_before in pairwise(pieces):
            counts[pair_before] -= count
            if not counts[pair_before]:
                del counts[pair_before]
        for pair_after in pairwise(after):
            counts[pair_after] += count


def training(word_counts: Mapping[str, int], ties: Ties = first_numbers) -> Iterator[Step]:
    """Each merge in turn; over when every word is one symbol."""
    words = {tuple(word): count for word, count in word_counts.items()}
    number = {symbol: at for at, symbol in enumerate(sorted({symbol for word in words for symbol in word}))}
    counts = pair_counts(words)
    while counts:
        pair, before = best_pair(counts, number, ties), dict(counts)
        number.setdefault("".join(pair), len(number))
        merge_everywhere(words, counts, pair)
        yield Step(Merge(pair, before[pair]), before, dict(words))


def learned(word_counts: Mapping[str, int], merges: int, ties: Ties = first_numbers) -> list[Merge]:
    """The first ``merges`` merges of these words, fewer where every word is one symbol before that."""
    return [step.merge for step, _ in zip(training(word_counts, ties), range(merges))]


def ranks(merges: Sequence[Pair]) -> dict[Pair, int]:
    """rank(a, b): the place of its merge, from 0"""
    return {pair: rank for rank, pair in reversed(list(enumerate(merges)))}


def encode(word: str, rank: Mapping[Pair, int]) -> Pieces:
    """while a pair of the word was learned: merge the pair of lowest rank"""
    pieces: Pieces = tuple(word)
    while known := [pair for pair in pairwise(pieces) if pair in rank]:
        pieces = merged(pieces, min(known, key=rank.__getitem__))
    return pieces


def vocabulary(alphabet: Sequence[str], merges: Sequence[Pair]) -> list[str]:
    """V = alphabet ∪ { ab : (a, b) merged }; a symbol's place is its id"""
    return list(dict.fromkeys([*alphabet, *map("".join, merges)]))
