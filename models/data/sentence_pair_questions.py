"""Held-out pairs of texts that differ from true ones in one respect: another ending, another order, other names.

Symbols
    N  pairs
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from models.data.corpus import documents
from models.data.dice import Dice
from models.data.sentence_pairs import CUT, halves
from models.data.words import CITIES, GUESTS, OBJECTS, PLACES, pronoun

Texts = Literal["of three kinds", "stories", "facts and pronouns"]
Renamed = Literal["nowhere", "in both halves", "in the second half"]
Pair = tuple[str, str]

WEIGHTS: dict[Texts, dict[str, float]] = {
    "of three kinds": CUT,
    "stories": {"stories": 1.0},
    "facts and pronouns": {"context_facts": 1.0, "pronouns": 1.0},
}
FILLED = dict.fromkeys(GUESTS, "X") | dict.fromkeys(CITIES, "C")
FILLED |= dict.fromkeys(OBJECTS, "O") | dict.fromkeys(PLACES, "P")
CANDIDATES = 1500


class Told(NamedTuple):
    """Pairs of the same texts."""

    true: list[Pair]
    random: list[Pair]  # the second half is that of another text
    fitting: list[Pair]  # the same, of a text whose first half has the same form


def form(text: str) -> str:
    """The text with its names, cities, things and places left open: X wakes up in C ."""
    return " ".join(FILLED.get(word, word) for word in text.split())


def cut_texts(texts: Texts, seed: object) -> Iterator[Pair]:
    dice = Dice(f"halves {texts} {seed}")
    numbered = Dice(f"documents {texts} {seed}").between(0, 2**31 - 1)
    return (halves(document, dice) for document in documents(WEIGHTS[texts], numbered))


@lru_cache(maxsize=16)
def told(count: int, texts: Texts, seed: int, longest: int) -> Told:
    """``count`` pairs for which there is another text of the same form; no pair has more words than ``longest``."""
    every = list(islice(cut_texts(texts, seed), CANDIDATES))
    by_form: dict[str, list[Pair]] = {}
    for pair in every:
        by_form.setdefault(form(pair[0]), []).append(pair)
    found = Told([], [], [])
    for place, (first, second) in enumerate(every[:-1]):
        others = [other for other in by_form[form(first)] if other[0] != first]
        ends = (second, every[place + 1][1], others[0][1]) if others else ()
        if not ends or max(len(f"{first} {end}".split()) for end in ends) > longest:
            continue
        for kind, end in zip(found, ends, strict=True):
            kind.append((first, end))
        if len(found.true) == count:
            break
    return found


def renamed(pair: Pair, where: Renamed) -> Pair:
    """The pair with names for its people that stand nowhere in it, a woman's for a woman's."""
    first, second = pair
    names = other_names(f"{first} {second}")
    if where == "in both halves":
        first = with_names(first, names)
    return first, second if where == "nowhere" else with_names(second, names)


def other_names(text: str) -> dict[str, str]:
    """Every person of the text → somebody of the same gender who is not in it, while there are any."""
    present = [name for name in GUESTS if name in text.split()]
    free = [name for name in GUESTS if name not in present]
    found: dict[str, str] = {}
    for name in present:
        same = [other for other in free if pronoun(other) == pronoun(name) and other not in found.values()]
        found[name] = same[0] if same else name
    return found


def with_names(text: str, names: Mapping[str, str]) -> str:
    return " ".join(names.get(word, word) for word in text.split())


def share_a_name(pair: Pair) -> bool:
    """Whether a person of the first text stands in the second as well."""
    return bool(set(pair[0].split()) & set(pair[1].split()) & set(GUESTS))
