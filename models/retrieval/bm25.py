"""BM25: passages ranked by the rare words that they share with a query.

Source: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", section 3.4.

Symbols
    P  passages       W  different words       Q  queries
    f  counts of words in passages (P, W)      q  counts of words in queries (Q, W)
    n  passages that contain a word (W,)       |d| / avgdl  length of a passage over the mean length (P,)
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

K1, B = 1.2, 0.75


class Lexical(NamedTuple):
    """Passages as counts of words."""

    words: Mapping[str, int]  # word → its column
    counts: Tensor  # (P, W)


def counted(texts: Sequence[Sequence[str]], words: Mapping[str, int]) -> Tensor:
    """How often each known word stands in each text; others are passed over.  (P, W)"""
    counts = torch.zeros(len(texts), len(words), dtype=torch.double)
    for row, text in enumerate(texts):
        for word in text:
            if word in words:
                counts[row, words[word]] += 1
    return counts


def lexical(texts: Sequence[Sequence[str]]) -> Lexical:
    """The words of all passages, in the order of their first occurrence."""
    words: dict[str, int] = {}
    for text in texts:
        for word in text:
            words.setdefault(word, len(words))
    return Lexical(words, counted(texts, words))


def plain_idf(counts: Tensor) -> Tensor:
    """log((P − n + ½) / (n + ½)): negative for a word in more than half of the passages.  (W,)"""
    n = (counts > 0).sum(dim=0)  # (W,)
    return ((len(counts) - n + 0.5) / (n + 0.5)).log()


def positive_idf(counts: Tensor) -> Tensor:
    """log(1 + (P − n + ½) / (n + ½)), as in Lucene: never negative.  (W,)"""
    n = (counts > 0).sum(dim=0)  # (W,)
    return (1 + (len(counts) - n + 0.5) / (n + 0.5)).log()


def saturated(counts: Tensor, k1: float = K1, b: float = B) -> Tensor:
    """f (k₁ + 1) / (f + k₁ (1 − b + b |d| / avgdl)): more of a word counts ever less.  (P, W)"""
    lengths = counts.sum(dim=1, keepdim=True)  # (P, 1)
    return counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))


def bm25(query_counts: Tensor, counts: Tensor, idf: Tensor) -> Tensor:
    """Σ_w q_w idf_w · saturated f_w of every query with every passage.  (Q, P)"""
    return (query_counts * idf) @ saturated(counts).T
