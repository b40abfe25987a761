"""Statements on people of the tiny world, of whom some are named often and others seldom: as words in a language are.

Source: Zipf 1949, "Human Behavior and the Principle of Least Effort" (the frequency of a word falls about as 1/rank).

Symbols
    r  rank of a person, from 1        R  people (48)        a  exponent of the power law
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from models.data.dice import Dice
from models.data.kinds.facts import STATEMENTS, statement
from models.data.sample import Sample, parse, plain
from models.data.words import RESIDENTS
from models.data.world import world
from models.tokenization.tokenizer import END, ids_of

Frequencies = Literal["power law", "equal", "power law, renamed"]
FREQUENCIES: tuple[Frequencies, ...] = ("power law", "equal", "power law, renamed")
RELATIONS = ("home", "job", "pet")
FORMS = len(STATEMENTS["home"])
STATEMENTS_PER_TEXT = 3
EXPONENT = 1.0


def power_law(count: int, exponent: float = EXPONENT) -> list[float]:
    """p_r = r^−a / Σₛ s^−a for ranks 1 … ``count``; exponent 0 makes them equal."""
    raw = [rank**-exponent for rank in range(1, count + 1)]
    return [one / sum(raw) for one in raw]


def ranked(frequencies: Frequencies, training: int) -> list[str]:
    """The people, the one of rank 1 first; a renaming gives the ranks to others."""
    return Dice(f"ranks {training} {frequencies == 'power law, renamed'}").some(RESIDENTS, len(RESIDENTS))


def shares(frequencies: Frequencies) -> list[float]:
    """The share of the statements on each rank."""
    return power_law(len(RESIDENTS), 0.0 if frequencies == "equal" else EXPONENT)


def texts(frequencies: Frequencies, training: int) -> Iterator[str]:
    """Texts of three statements without end, the people in the shares of their ranks."""
    dice, people = Dice(f"named by frequency {training}"), ranked(frequencies, training)
    weights = shares(frequencies)
    while True:
        named = dice.choices(people, weights=weights, k=STATEMENTS_PER_TEXT)
        facts = [world().of(dice.pick(RELATIONS), who) for who in named]
        yield " ".join(plain(statement(fact, dice.between(0, FORMS - 1))) for fact in facts)


def stream(frequencies: Frequencies, training: int, count: int) -> list[int]:
    """``count`` token ids of these texts, each behind an end-of-text token."""
    ids: list[int] = []
    for text in texts(frequencies, training):
        ids += [END, *ids_of(text)]
        if len(ids) >= count:
            break
    return ids[:count]


def questions(who: str, relations: Sequence[str] = RELATIONS) -> list[Sample]:
    """Every fact of a person in each of its forms, the value as the answer."""
    return [parse(statement(world().of(r, who), form), "told") for r in relations for form in range(FORMS)]
