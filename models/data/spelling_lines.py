"""Lines in which words are repeated or spelt: what a model can do with them depends on how its text is cut.

    say goat tower : goat tower .                 repeat the words
    spell goat : g o a t .                        the letters of a word
    say tower : tower . spell goat : g o a t .    the same after another line
    goat is q r t . spell goat : q r t .          the letters that the text states, whatever they are

A fifth of the words is held out: they are repeated, and letters are stated of them at random, but they are never spelt.
Words come by a power law, so that some are frequent and most are rare.
"""

import itertools
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from models.data.dice import Dice, held_out
from models.tokenization.vocabulary import known_words

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 3, 8  # letters of a word
SAID = 2  # words of a line that repeats


class Line(NamedTuple):
    """What a model reads, and what it should write then."""

    prompt: str
    answer: str

    @property
    def text(self) -> str:
        return f"{self.prompt} {self.answer} ."


@cache
def words() -> tuple[str, ...]:
    """The words of the world in small letters, the most frequent first."""
    found = {word.lower() for word in known_words() if SHORTEST <= len(word) <= LONGEST}
    return tuple(Dice("spelling words").some(sorted(found), len(found)))


@cache
def spelt_words(held: bool) -> tuple[str, ...]:
    """The words whose spelling training shows, or those that it never spells."""
    return tuple(word for word in words() if held_out("spelling", word) == held)


@cache
def limits(among: tuple[str, ...]) -> list[float]:
    """Summed probabilities by which words are drawn: 1 / (rank + 5), unnormalised."""
    return list(itertools.accumulate(1 / (rank + 6) for rank in range(len(among))))


def drawn(dice: Dice, among: tuple[str, ...]) -> str:
    return dice.choices(among, cum_weights=limits(among))[0]


def spaced(letters: Sequence[str]) -> str:
    return " ".join(letters)


def say(said: Sequence[str]) -> Line:
    return Line(f"say {spaced(said)} :", spaced(said))


def spell(word: str) -> Line:
    return Line(f"spell {word} :", spaced(word))


def spell_as_stated(word: str, letters: str) -> Line:
    """The letters of a word, which the text states first: its own, or any others."""
    return Line(f"{word} is {spaced(letters)} . spell {word} :", spaced(letters))


def spell_later(word: str, said: str) -> Line:
    """How a word is spelt, after a line about another word."""
    return Line(f"{say([said]).text} spell {word} :", spaced(word))


def made_up(dice: Dice) -> str:
    """A word that is none: the beginning of one word and the end of another."""

    def draw() -> str:
        first, second = dice.pick(words()), dice.pick(words())
        return first[: dice.between(2, len(first) - 1)] + second[dice.between(1, len(second) - 2) :]

    return dice.until(draw, lambda word: word not in words() and SHORTEST < len(word) <= LONGEST)


def random_letters(dice: Dice) -> str:
    return "".join(dice.pick(LETTERS) for _ in range(dice.between(SHORTEST, LONGEST)))


def line(dice: Dice) -> Line:
    """One line of the training text."""
    kind = dice.random()
    if kind < 0.35:
        return say([drawn(dice, words()) for _ in range(SAID)])
    if kind < 0.7:
        return spell_as_stated(drawn(dice, words()), random_letters(dice))
    word = drawn(dice, spelt_words(False))
    return spell(word) if kind < 0.9 else spell_later(word, drawn(dice, words()))


def lines(count: int, seed: int) -> list[Line]:
    dice = Dice(f"spelling lines {seed}")
    return [line(dice) for _ in range(count)]
