"""Finds entries by what a person types: a name, an alias, a question. Forgives endings, typing errors and half words.

Every entry is a small document of weighted fields. A word asked for counts by how rare it is in the glossary (idf), by
the field it stands in, and by how well it was matched: itself, begun, misspelt, or a word of like meaning. A whole name
beats words in a text, also where it is written apart (“q k v”) or misspelt. Entries that are not written yet are found
by their names.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from glossary import reader
from glossary.coming import ALSO, coming
from glossary.schema import Entry
from glossary.stems import LIKE, STOP, stem

_WEIGHTS = {"name": 8.0, "alias": 7.0, "definition": 2.0, "purpose": 2.0, "claims": 1.0, "rest": 0.5}
_BEGUN, _MISSPELT, _LIKE = 0.7, 0.6, 0.45
_EACH = 2.0
"""For every asked word that an entry has: many words beat one rare one."""

_NAMED, _BEGINS, _WITHIN, _ALIAS, _COMING = 60.0, 15.0, 14.0, 0.5, 0.8
"""For a whole name, the beginning of one, all asked words within one; what counts of an alias, of an entry to come."""

_NAME_ALIKE, _LEAST_LETTERS = 0.8, 5
"""From when on a misspelt name is meant."""

_CLOSE = 0.72
"""Least similarity of a misspelt word to the known one."""

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
    plain = text.lower()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain)


def fold_name(text: str) -> str:
    return " ".join(fold(text))


class Index:
    """Where every stem stands, built once from the entries."""

    def __init__(self, entries: Mapping[str, Entry], coming: Mapping[str, str] | None = None) -> None:
        self._coming = coming or {}
        documents = {slug: _fields(entry) for slug, entry in entries.items()}
        documents |= {slug: {"name": f"{title} {slug}"} for slug, title in self._coming.items()}
        names = {slug: (entry.title, slug, *entry.aliases) for slug, entry in entries.items()}
        names |= {slug: (title, slug, *ALSO.get(slug, ())) for slug, title in self._coming.items()}
        self._places: dict[str, dict[str, float]] = defaultdict(dict)
        self._names = {slug: tuple(dict.fromkeys(map(fold_name, known))) for slug, known in names.items()}
        self._joined = {slug: [name.replace(" ", "") for name in known] for slug, known in self._names.items()}
        self._stems = {slug: [set(map(stem, name.split())) for name in known] for slug, known in self._names.items()}
        self._spelt: dict[str, list[tuple[str, str]]] = defaultdict(list)  # letter pair: names that have it
        for slug, joined in self._joined.items():
            for name in dict.fromkeys(joined):
                for pair in _letter_pairs(name):
                    self._spelt[pair].append((name, slug))
        words: set[str] = set()
        for slug, fields in documents.items():
            title = len(fold(names[slug][0]))
            for field, text in fields.items():
                found = fold(text)
                words.update(found)
                weight = _WEIGHTS[field] * (1 + 0.25 / max(title, 1) if field == "name" else 1)
                for known_stem in map(stem, found):
                    at = self._places[known_stem]
                    at[slug] = max(at.get(slug, 0.0), weight)
        self._words = sorted(words)
        self._pairs: dict[str, list[str]] = defaultdict(list)
        for word in {stem(word) for word in words if len(word) > 3}:
            for pair in _letter_pairs(word):
                self._pairs[pair].append(word)
        self._rarity = {word: math.log(1 + len(documents) / len(places)) for word, places in self._places.items()}

    def search(self, text: str) -> list[Hit]:
        """Best first."""
        asked = [word for word in fold(text) if word not in STOP] or fold(text)
        scores: dict[str, float] = defaultdict(float)
        for word in dict.fromkeys(asked):
            best: dict[str, float] = {}
            for known, similarity in self._meant(word):
                for slug, weight in self._places[known].items():
                    best[slug] = max(best.get(slug, 0.0), similarity * weight * self._rarity[known])
            for slug, score in best.items():
                scores[slug] += score + _EACH
        for slug, bonus in self._named(fold_name(text), asked):
            scores[slug] += bonus
        for slug in scores.keys() & self._coming.keys():
            scores[slug] *= _COMING
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
        yield from ((known, _MISSPELT * ratio) for ratio, known in close[:_MOST_MISSPELT] if ratio >= least)

    def _named(self, asked: str, words: Sequence[str]) -> Iterator[tuple[str, float]]:
        """Entries that are called so, whose name begins so or holds these words, or is misspelt so."""
        if not asked:
            return
        compact, exact = asked.replace(" ", ""), False
        telling, begun = "".join(words), (compact, stem(compact))
        stems = {stem(word) for word in words}
        for slug, joined in self._joined.items():
            if compact in joined or telling in joined:
                exact = True
                yield slug, _NAMED if compact in joined else 0.7 * _NAMED
            elif joined[0].startswith(begun):
                yield slug, 2 * _BEGINS
            elif any(name.startswith(begun) for name in joined):
                yield slug, _BEGINS
            first, *_ = named = self._stems[slug]
            within = max(_within(stems, first), *(_ALIAS * _within(stems, own) for own in named))
            if within:
                yield slug, within
        if not exact and len(compact) >= _LEAST_LETTERS:
            yield from self._called(compact)

    def _called(self, compact: str) -> Iterator[tuple[str, float]]:
        shared = Counter(known for pair in _letter_pairs(compact) for known in self._spelt.get(pair, ()))
        likely = sorted(shared, key=lambda known: -shared[known] / (len(known[0]) + len(compact)))[:12]
        for name, slug in likely:
            alike = SequenceMatcher(None, compact, name).ratio()
            if alike >= _NAME_ALIKE:
                yield slug, _NAMED * alike * alike


def _within(stems: set[str], own: set[str]) -> float:
    """All asked words stand among those of a name: the more of it they are, the more."""
    return _WITHIN * len(stems) / len(own) if stems and stems <= own else 0.0


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
    return Index(reader.entries(), coming())


def search(text: str, limit: int = 20) -> list[Hit]:
    """Entries for a name, an alias or a question, best first; those to come among them."""
    return _index().search(text[:200])[:limit]


def nearest(slug: str, limit: int = 3) -> list[str]:
    """Entries whose id or words come closest to a mistyped id."""
    ranked = sorted(reader.entries(), key=lambda known: -SequenceMatcher(None, slug, known).ratio())
    close = [known for known in ranked[:limit] if SequenceMatcher(None, slug, known).ratio() > 0.5]
    return close or [hit.slug for hit in search(slug.replace("-", " ")) if hit.slug in reader.entries()][:limit]
