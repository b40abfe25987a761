"""Words of a made-up language, each a stem and an ending, so that the border inside a word is known.

Every stem may take every ending. A part of the combinations is held out: their stems and endings occur in other words.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from models.data.dice import Dice

Parts = Literal["planted", "other parts planted", "letters shuffled"]
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
STEMS, ENDINGS, HELD_OUT = 40, 8, 5  # one word in so many is held out


class Word(NamedTuple):
    """A word, and before which letter its ending begins."""

    text: str
    border: int


class Words(NamedTuple):
    """Words to learn from with their counts, and others."""

    counts: dict[str, int]
    held_out: list[Word]


def syllables(dice: Dice, count: int, closed: bool) -> str:
    """Consonant and vowel ``count`` times, and a consonant at the end if ``closed``."""
    found = "".join(dice.pick(CONSONANTS) + dice.pick(VOWELS) for _ in range(count))
    return found + dice.pick(CONSONANTS) if closed else found


def language(dice: Dice) -> tuple[list[str], list[str]]:
    """Different stems of 3 to 5 letters, and endings of 2 or 3."""
    stems, endings = dict[str, None](), dict[str, None]()
    while len(stems) < STEMS:
        stems[syllables(dice, 1 + dice.chance(0.5), closed=True)] = None
    while len(endings) < ENDINGS:
        endings[dice.pick(VOWELS) + syllables(dice, 1, closed=False)[: 1 + dice.chance(0.5)]] = None
    return list(stems), list(endings)


def words(seed: int, parts: Parts = "planted") -> Words:
    """All combinations; a word's count falls with the ranks of its stem and of its ending.

    With ``parts`` shuffled, the letters of each word stand in a random order of its own; the border stays where it was.
    """
    dice = Dice(f"planted borders {seed} {'other' if parts == 'other parts planted' else ''}")
    shuffling = Dice(f"planted borders {seed}, letters")
    stems, endings = language(dice)
    counts, held_out = dict[str, int](), list[Word]()
    for rank, stem in enumerate(stems):
        for place, ending in enumerate(endings):
            text, count = stem + ending, 1 + round(60 / ((rank / 4 + 1) * (place + 1)))
            if parts == "letters shuffled":
                text = "".join(shuffling.some(text, len(text)))
            if dice.between(1, HELD_OUT) == 1:
                held_out.append(Word(text, len(stem)))
            else:
                counts[text] = counts.get(text, 0) + count
    return Words(counts, held_out)


def borders(pieces: Sequence[str]) -> set[int]:
    """Before which letters a word is cut."""
    found, at = set(), 0
    for piece in pieces[:-1]:
        at += len(piece)
        found.add(at)
    return found
