"""Sentences whose meaning is known, each in two wordings that share no word, and names that only letters can spell.

    the glad child sees a thief         that happy kid spots one robber           the same meaning, no common word
    the glad child sees a thief         one robber is whom that happy kid spots   the same, the object in front
    the glad child sees a thief         the glad thief sees a child               the same words, another meaning
    Mia helps a guest                   what does Mia do                          a question that only the name answers

Every word for a thing comes in a pair of synonyms. The training texts know only twelve names; ``synonym_tokens`` writes
names in single letters, so any name can be read.
"""

from collections.abc import Sequence
from typing import NamedTuple

from models.data.dice import Dice, held_out
from models.data.words import RESIDENTS, several

KNOWN_NAMES = RESIDENTS[:12]
"""The names of all training texts."""


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in (pair.split("/") for pair in several(text)))


PEOPLE = _pairs(
    "child/kid boss/chief thief/robber guest/visitor doctor/physician teacher/tutor lawyer/attorney soldier/warrior "
    "singer/vocalist author/writer king/monarch worker/labourer sailor/seaman judge/referee student/pupil actor/player"
)
DEEDS = _pairs(
    "sees/spots helps/aids follows/trails likes/enjoys calls/phones pulls/drags hits/strikes greets/welcomes "
    "pays/rewards scolds/blames hires/employs trains/instructs praises/lauds fears/dreads trusts/believes mocks/teases"
)
TRAITS = _pairs("big/large small/tiny glad/happy quick/fast rich/wealthy brave/bold angry/cross old/aged")
THE, A = ("the", "that"), ("a", "one")
FORMS = several("is whom what does do")

WORDS = tuple(word for pair in (*PEOPLE, *DEEDS, *TRAITS, THE, A) for word in pair) + FORMS
NEVER_SWAPPED = DEEDS[12:]
"""No training shows a sentence with one of these verbs beside the same one with its two people exchanged."""

_OTHER = {word: pair[1 - side] for pair in (*PEOPLE, *DEEDS, *TRAITS, THE, A) for side, word in enumerate(pair)}


class Meaning(NamedTuple):
    """Who does what to whom; each is a pair of synonyms. ``trait`` describes the first."""

    trait: tuple[str, str]
    agent: tuple[str, str]
    deed: tuple[str, str]
    patient: tuple[str, str]

    def written(self, side: int, fronted: bool = False) -> str:
        """The sentence in one of its two wordings, 0 or 1; ``fronted`` begins with the object."""
        subject = [pair[side] for pair in (THE, self.trait, self.agent)]
        deed, thing = self.deed[side], [A[side], self.patient[side]]
        return " ".join([*thing, "is", "whom", *subject, deed] if fronted else [*subject, deed, *thing])

    @property
    def swapped(self) -> "Meaning":
        """The two people exchanged."""
        return self._replace(agent=self.patient, patient=self.agent)


def meaning(dice: Dice, held: bool, deeds: Sequence[tuple[str, str]] = DEEDS) -> Meaning:
    """A random one. Held out: a fifth of the pairs of people."""
    who, whom = dice.until(lambda: dice.some(PEOPLE, 2), lambda d: held_out("meaning", d[0][0], d[1][0]) == held)
    return Meaning(dice.pick(TRAITS), who, dice.pick(deeds), whom)


def swapped_words(text: str) -> str:
    """The sentence with its two people exchanged, in its own words.

    Raises:
        ValueError: unless it names two people.
    """
    words = text.split()
    people = {word for pair in PEOPLE for word in pair}
    at = [place for place, word in enumerate(words) if word in people]
    if len(at) != 2:
        raise ValueError(f"takes a sentence with two people; {text!r} has {len(at)}")
    first, second = at
    words[first], words[second] = words[second], words[first]
    return " ".join(words)


def restated(text: str) -> str:
    """The sentence with every word replaced by its synonym; a word that has none stays."""
    return " ".join(_OTHER.get(word, word) for word in text.split())


def name_sentence(name: str, deed: tuple[str, str], whom: tuple[str, str], side: int) -> str:
    """Mia helps a guest, in one of its two wordings."""
    return f"{name} {deed[side]} {A[side]} {whom[side]}"


def name_question(name: str) -> str:
    """What does Mia do."""
    return f"what does {name} do"


def new_names(count: int, dice: Dice) -> list[str]:
    """Different made-up names, none of them among the known ones: Kalo, Zibun."""
    consonants, vowels = "bdfgklmnprstvz", "aeiou"
    found: dict[str, None] = {}
    while len(found) < count:
        name = "".join(dice.pick(letters) for letters in (consonants, vowels, consonants, vowels))
        name = (name + dice.pick(("", "n", "r", "s"))).capitalize()
        if name not in KNOWN_NAMES:
            found[name] = None
    return list(found)


def exchanged_synonyms(text: str) -> str:
    """The sentence with the second word of each pair replaced by that of another pair, always the same one.

    A training on such texts learns as well, but synonyms that are none.
    """
    return " ".join(_EXCHANGED.get(word, word) for word in text.split())


def _moved(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {pair[1]: pairs[(place + 1) % len(pairs)][1] for place, pair in enumerate(pairs)}


_EXCHANGED = _moved(PEOPLE) | _moved(DEEDS) | _moved(TRAITS)
