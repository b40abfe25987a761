"""Unigram: every piece has a probability, and a text is cut into the pieces whose product is the largest.

Paper: Kudo 2018, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword
Candidates", section 3.2 (equations 6 and 7, and the training from a large vocabulary down to a small one).

Symbols
    x    pieces x₁ … x_M of a word X        p(x)  probability of a piece        S(X)  all ways to cut X
    V    the vocabulary, Σ_{x ∈ V} p(x) = 1
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping

from models.tokenization.byte_pair_encoding import Pieces

LONGEST = 8
"""Characters of a piece that a first vocabulary may hold."""
NONE = -math.inf

Worth = Callable[[Mapping[str, int], Mapping[str, float]], dict[str, float]]
"""What each piece of more than one character is worth to a text: of word counts and log p."""


def log_probability(pieces: Pieces, log_p: Mapping[str, float]) -> float:
    """log P(x) = Σ_i log p(x_i)"""
    return sum(log_p.get(piece, NONE) for piece in pieces)


def encode(word: str, log_p: Mapping[str, float]) -> Pieces:
    """x* = argmax_{x ∈ S(X)} P(x), by the Viterbi algorithm; a character that is no piece stands alone"""
    best, came = [0.0, *[NONE] * len(word)], [0] * (len(word) + 1)
    longest = max(map(len, log_p), default=1)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - longest), end):
            gained = best[start] + log_p.get(word[start:end], NONE)
            if gained > best[end]:
                best[end], came[end] = gained, start
        if best[end] == NONE:
            best[end], came[end] = best[end - 1] - 1e3, end - 1
    pieces: list[str] = []
    end = len(word)
    while end:
        pieces.insert(0, word[came[end] : end])
        end = came[end]
    return tuple(pieces)


def expected_counts(word: str, log_p: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """E[#x in X] = Σ_{x ∈ S(X)} P(x | X) · #x, and log P(X) = log Σ_{x ∈ S(X)} P(x), by forward and backward sums"""
    n = len(word)
    spans = [
        (start, end, log_p[word[start:end]])
        for end in range(1, n + 1)
        for start in range(max(0, end - LONGEST), end)
        if word[start:end] in log_p
    ]
    ahead, behind = [0.0, *[NONE] * n], [*[NONE] * n, 0.0]
    for start, end, value in spans:  # by their ends, so that what leads to a start is complete
        ahead[end] = _log_add(ahead[end], ahead[start] + value)
    for start, end, value in sorted(spans, reverse=True):
        behind[start] = _log_add(behind[start], behind[end] + value)
    counts: dict[str, float] = {}
    if ahead[n] > NONE:
        for start, end, value in spans:
            share = math.exp(ahead[start] + value + behind[end] - ahead[n])
            counts[word[start:end]] = counts.get(word[start:end], 0.0) + share
    return counts, ahead[n]


def _log_add(a: float, b: float) -> float:
    low, high = sorted((a, b))
    return high if low == NONE else high + math.log1p(math.exp(low - high))


def improved(counts: Mapping[str, int], log_p: Mapping[str, float]) -> dict[str, float]:
    """p(x) ← Σ_X count(X) · E[#x in X] / Σ over all pieces: one step of expectation maximisation"""
    found: dict[str, float] = {}
    for word, count in counts.items():
        for piece, expected in expected_counts(word, log_p)[0].items():
            found[piece] = found.get(piece, 0.0) + count * expected
    total = sum(found.values())
    return {piece: math.log(value / total) for piece, value in found.items() if value > 1e-9}


def uses(counts: Mapping[str, int], log_p: Mapping[str, float]) -> dict[str, float]:
    """#x: how often each piece of more than one character stands in the text, cut best"""
    found = Counter[str]()
    for word, count in counts.items():
        for piece in encode(word, log_p):
            found[piece] += count
    return {piece: float(found[piece]) for piece in log_p if len(piece) > 1}


def losses(counts: Mapping[str, int], log_p: Mapping[str, float]) -> dict[str, float]:
    """loss(x) = #x · ( log P(x) − log P(x cut into other pieces) ), #x as the words are cut best"""
    count, found = uses(counts, log_p), dict[str, float]()
    for piece in log_p:
        if len(piece) > 1:
            others = {other: value for other, value in log_p.items() if other != piece and other in piece}
            found[piece] = count[piece] * (log_p[piece] - log_probability(encode(piece, others), others))
    return found


def learned(
    counts: Mapping[str, int], size: int, keeps: float = 0.75, rounds: int = 2, worth: Worth = losses
) -> dict[str, float]:
    """log p of at most ``size`` pieces (all single characters included) for words with these counts.

    Begins with the ``4 · size`` substrings that cover most of the text; after ``rounds`` improvements a share of
    1 − ``keeps`` is left out, that whose ``worth`` is the smallest: its loss, unless told otherwise.
    """
    covered = Counter[str]()
    for word, count in counts.items():
        for start in range(len(word)):
            for end in range(start + 1, min(start + LONGEST, len(word)) + 1):
                covered[word[start:end]] += count * (end - start)
    single = [piece for piece in covered if len(piece) == 1]
    chosen = sorted((piece for piece in covered if len(piece) > 1), key=lambda piece: (-covered[piece], piece))
    current = {piece: covered[piece] / len(piece) for piece in [*single, *chosen[: 4 * size]]}
    total = sum(current.values())
    log_p = {piece: math.log(value / total) for piece, value in current.items()}
    while True:
        for _ in range(rounds):
            better = improved(counts, log_p)
            floor = min(better.values()) - 1  # a character that no cut needs now is kept, for other words
            log_p = better | {piece: floor for piece in single if piece not in better}
        room = size - len(single)
        value = worth(counts, log_p)
        if len(value) <= room:
            return log_p
        kept = sorted(value, key=lambda piece: (-value[piece], piece))[: max(room, int(keeps * len(value)))]
        log_p = {piece: log_p[piece] for piece in [*single, *kept]}
