"""Finds entries by what a person types: a name, an alias, a question. Forgives endings, typing errors and half words.

Every entry is a small document of weighted fields. A word asked for counts by how rare it is in the glossary (idf), by
the field it stands in, and by how well it was matched: itself, begun, misspelt, or a word of like meaning.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from glossary import reader
from glossary.schema import Entry
from glossary.stems import LIKE, STOP, stem

_WEIGHTS = {"name": 8.0, "alias": 7.0, "definition": 2.0, "purpose": 2.0, "claims": 1.0, "rest": 0.5}
_BEGUN, _MISSPELT, _LIKE = 0.7, 0.6, 0.45
_EACH = 2.0
"""For every asked word that an entry has: many words beat one rare one."""

_CLOSE = 0.72
"""Least likeness of a misspelt word to the known one."""

_NEAR = 0.08
"""How much less alike than the closest another may be."""

_MOST_BEGUN, _MOST_MISSPELT = 24, 3
"""Known words that one asked word may stand for: what keeps a search within milliseconds."""


@dataclass(frozen=True)
class Hit:
    slug: str
    score: float


def fold(text: str) -> list[str]:
    """Lower-case words without accents: “Rényi's α-KV” → renyi, s, α, kv."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain)


class Index:
    """Where every stem stands, built once from the entries."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._places: dict[str, dict[str, float]] = defaultdict(dict)
        self._names: dict[str, tuple[str, ...]] = {}
        words: set[str] = set()
        for slug, entry in entries.items():
            self._names[slug] = tuple(" ".join(fold(name)) for name in (entry.title, slug, *entry.aliases))
            for field, text in _fields(entry).items():
                found = fold(text)
                words.update(found)
                weight = _WEIGHTS[field] * (1 + 0.25 / len(fold(entry.title)) if field == "name" else 1)
                for known in map(stem, found):
                    self._places[known][slug] = max(self._places[known].get(slug, 0.0), weight)
        self._words = sorted(words)
        self._pairs: dict[str, list[str]] = defaultdict(list)
        for word in {stem(word) for word in words if len(word) > 3}:
            for pair in _letter_pairs(word):
                self._pairs[pair].append(word)
        self._rarity = {word: math.log(1 + len(entries) / len(places)) for word, places in self._places.items()}

    def search(self, text: str) -> list[Hit]:
        """Best first."""
        asked = [word for word in fold(text) if word not in STOP] or fold(text)
        scores: dict[str, float] = defaultdict(float)
        for word in dict.fromkeys(asked):
            best: dict[str, float] = {}
            for known, likeness in self._meant(word):
                for slug, weight in self._places[known].items():
                    best[slug] = max(best.get(slug, 0.0), likeness * weight * self._rarity[known])
            for slug, score in best.items():
                scores[slug] += score + _EACH
        for slug, bonus in self._named(" ".join(fold(text))):
            scores[slug] += bonus
        return [Hit(slug, score) for slug, score in sorted(scores.items(), key=lambda item: -item[1])]

    def _meant(self, word: str) -> Iterator[tuple[str, float]]:
        """The known stems that a word may stand for, each with how well it fits."""
        asked = stem(word)
        if asked in self._places:
            yield asked, 1.0
        begun = {stem(known) for known in self._begun(word)} - {asked}
        yield from ((known, _BEGUN) for known in begun)
        if asked not in self._places and not begun and len(word) > 3:
            yield from self._misspelt(asked)
        yield from ((like, _LIKE) for like in LIKE.get(asked, ()) if like in self._places)

    def _begun(self, word: str) -> list[str]:
        start = bisect_left(self._words, word)
        near = self._words[start : start + _MOST_BEGUN] if len(word) > 1 else []
        return [known for known in near if known.startswith(word)]

    def _misspelt(self, word: str) -> Iterator[tuple[str, float]]:
        shared = Counter(known for pair in _letter_pairs(word) for known in self._pairs.get(pair, ()))
        likely = sorted(shared, key=lambda known: -shared[known] / (len(known) + len(word)))[:12]
        close = sorted(((SequenceMatcher(None, word, known).ratio(), known) for known in likely), reverse=True)
        least = max(_CLOSE, close[0][0] - _NEAR) if close else 0.0
        yield from ((known, _MISSPELT * likeness) for likeness, known in close[:_MOST_MISSPELT] if likeness >= least)

    def _named(self, asked: str) -> Iterator[tuple[str, float]]:
        for slug, names in self._names.items():
            if asked and asked in names:
                yield slug, 60.0
            elif asked and any(name.startswith(asked) for name in names):
                yield slug, 15.0


def _fields(entry: Entry) -> dict[str, str]:
    claims = " ".join(f"{claim.says} {claim.switch}" for claim in entry.live.claims)
    return {
        "name": f"{entry.title} {entry.slug}",
        "alias": " ".join(entry.aliases),
        "definition": entry.definition,
        "purpose": entry.purpose,
        "claims": claims,
        "rest": f"{entry.fact_check} {entry.details} {' '.join(entry.used_in)}",
    }


def _letter_pairs(word: str) -> Iterable[str]:
    edged = f"^{word}$"
    return {edged[index : index + 2] for index in range(len(edged) - 1)}


@cache
def _index() -> Index:
    return Index(reader.entries())


def search(text: str, limit: int = 20) -> list[Hit]:
    """Entries for a name, an alias or a question, best first."""
    return _index().search(text[:200])[:limit]


def nearest(slug: str, limit: int = 3) -> list[str]:
    """Entries whose id or words come closest to a mistyped id."""
    ranked = sorted(reader.entries(), key=lambda known: -SequenceMatcher(None, slug, known).ratio())
    close = [known for known in ranked[:limit] if SequenceMatcher(None, slug, known).ratio() > 0.5]
    return close or [hit.slug for hit in search(slug.replace("-", " "), limit)]
