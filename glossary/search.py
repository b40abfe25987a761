"""Finds entries by what a person types: title, alias, id, then the words of the text. Forgives typing errors."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache

from glossary import reader
from glossary.schema import Entry

_WEIGHTS = {"name": 8.0, "alias": 7.0, "definition": 2.0, "purpose": 1.5, "rest": 0.5}


@dataclass(frozen=True)
class Hit:
    slug: str
    score: float


def fold(text: str) -> list[str]:
    """Lower-case words without accents: “Rényi's α-KV” → renyi, s, α, kv."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain)


@cache
def _index() -> dict[str, dict[str, frozenset[str]]]:
    return {slug: _fields(entry) for slug, entry in reader.entries().items()}


def _fields(entry: Entry) -> dict[str, frozenset[str]]:
    claims = " ".join(claim.says for claim in entry.live.claims)
    return {
        "name": frozenset(fold(entry.title) + fold(entry.slug)),
        "alias": frozenset(fold(" ".join(entry.aliases))),
        "definition": frozenset(fold(entry.definition)),
        "purpose": frozenset(fold(entry.purpose)),
        "rest": frozenset(fold(f"{entry.record} {entry.details} {claims}")),
    }


def search(text: str, limit: int = 20) -> list[Hit]:
    """Best first. Every word counts in the best field it is found in; a word of four letters may be misspelt."""
    asked = fold(text)
    hits = []
    for slug, fields in _index().items():
        score = sum(_match(word, fields) for word in asked)
        names = (" ".join(fold(reader.entries()[slug].title)), slug.replace("-", " "))
        if asked and " ".join(asked) in names:
            score += 20
        elif asked and any(name.startswith(" ".join(asked)) for name in names):
            score += 5
        if score > 0:
            hits.append(Hit(slug, score))
    return sorted(hits, key=lambda hit: -hit.score)[:limit]


def _match(word: str, fields: dict[str, frozenset[str]]) -> float:
    best = 0.0
    for field, weight in _WEIGHTS.items():
        if word in fields[field]:
            best = max(best, weight)
        elif len(word) >= 2 and any(known.startswith(word) for known in fields[field]):
            best = max(best, weight * 0.7)
        elif len(word) >= 4 and weight > 5 and get_close_matches(word, fields[field], 1, 0.8):
            best = max(best, weight * 0.5)
    return best


def nearest(slug: str, limit: int = 3) -> list[str]:
    """Entries whose id or words come closest to a mistyped id."""
    ranked = sorted(reader.entries(), key=lambda known: -SequenceMatcher(None, slug, known).ratio())
    close = [known for known in ranked[:limit] if SequenceMatcher(None, slug, known).ratio() > 0.5]
    return close or [hit.slug for hit in search(slug.replace("-", " "), limit)]
