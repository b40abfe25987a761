"""How much two sentences share, by their words alone.

Source: Jaccard 1912, "The distribution of the flora in the alpine zone".

Symbols
    A, B  the sets of words of two sentences
"""


def jaccard(one: str, other: str) -> float:
    """|A ∩ B| / |A ∪ B|: 1 for the same words in any order, 0 where none is shared."""
    a, b = set(one.lower().split()), set(other.lower().split())
    return len(a & b) / len(a | b) if a | b else 0.0
