"""Words without their endings, words that carry no question, and words of like meaning."""

from functools import cache

_ENDINGS = (
    "izations", "isations", "ization", "isation", "ations", "ation", "ingly", "izing", "ising", "ized", "ised",
    "izes", "ises", "ments", "ment", "ness", "ings", "ing", "ions", "ion", "ies", "ers", "ise", "ize", "ed", "er",
    "es", "ly", "al", "e", "s", "y",
)  # fmt: skip
"""Longest first; American and British spellings of -ise lose the same."""


@cache
def stem(word: str) -> str:
    """“caches”, “cached” and “caching” → cach; “smaller” → small. At least three letters stay."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            short = word[: -len(ending)]
            doubled = len(short) > 3 and short[-1] == short[-2] and short[-1] not in "lsz"
            return short[:-1] if doubled else short
    return word


_STOP = """
a an and any are as at be been but by can could did do does for from get gets give gives go has have how i if in
into is it its let make makes me mean means my of on or our s should so some t tell than that the their them then
there these they thing this those to use used uses using very was way we what when where which while who why will
with without work works would you your about between explain difference
"""

STOP = frozenset(_STOP.split())
"""Words of a question that say nothing of its subject."""

_ALIKE = (
    "small less fewer reduce shrink compress save cheap memory",
    "fast speed quick latency throughput slow",
    "long longer length context extend far",
    "random sample dice noise",
    "share group together",
    "pick choose select route top",
    "remember recall store cache memory",
    "position order place where",
    "picture image draw photo",
    "word token text",
    "hide mask block future",
    "balance even equal uneven collapse",
    "probability chance softmax distribution",
    "creative temperature random",
    "divide scale shrink",
    "expert specialist mixture",
    "lie invent hallucination false",
    "learn train fit",
    "begin first sink",
    "denoise noise diffusion",
)


def _like() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in _ALIKE:
        group = [stem(word) for word in line.split()]
        for word in group:
            found.setdefault(word, {}).update(dict.fromkeys(other for other in group if other != word))
    return {word: tuple(others) for word, others in found.items()}


LIKE = _like()
"""Stem → stems of like meaning, in the subjects of this glossary."""
