"""How well the cuts of words meet borders that are known, and how well cuts at random places would.

Source: Kurimo et al. 2010, "Morpho Challenge 2005-2010: Evaluations and Results" (precision, recall and
F-measure of morpheme borders).

Symbols
    W    words, each with one known border      n_w  cuts of word w      L_w  its letters
"""

from collections.abc import Sequence


def f1(cuts: Sequence[set[int]], borders: Sequence[int]) -> float:
    """F1 = 2 · hits / (Σ_w n_w + W): the harmonic mean of precision hits / Σ_w n_w and recall hits / W"""
    hits = sum(border in cut for cut, border in zip(cuts, borders, strict=True))
    return 2 * hits / (sum(map(len, cuts)) + len(borders))


def f1_at_random(cuts: Sequence[set[int]], lengths: Sequence[int]) -> float:
    """E[F1] = 2 · Σ_w n_w / (L_w − 1) / (Σ_w n_w + W): equally many cuts per word at random places"""
    hits = sum(len(cut) / (length - 1) for cut, length in zip(cuts, lengths, strict=True))
    return 2 * hits / (sum(map(len, cuts)) + len(lengths))
