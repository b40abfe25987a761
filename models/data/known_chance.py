"""Beginnings of texts whose next word has exactly known probabilities: walks, crowds, trades and hirings.

Symbols
    q  true probability of each possible next word, summing to one
"""

from collections.abc import Mapping
from typing import NamedTuple

from models.data.dice import Dice, held_out
from models.data.kinds.chance import CROWD, STEP_ODDS, WALKED, power_law, successors
from models.data.kinds.labels import GROUPS, hired_probability, sailor_probability
from models.data.words import GUESTS

SKEW = 0.6
"""Of trades and hirings in the training texts: the default of ``models.data.kinds.labels``."""

LONGEST_WALK, LONGEST_CROWD = 15, 7
"""Words after which another is certain to follow."""


class Beginning(NamedTuple):
    """A text that breaks off, and the true probability of each word that may come next."""

    text: str
    kind: str
    q: Mapping[str, float]


def walk(words: list[str], world_seed: int = 0) -> Beginning:
    """Only the last word counts: it has four successors, with the odds 0.6, 0.25, 0.1 and 0.05."""
    q = dict(zip(successors(world_seed)[words[-1]], STEP_ODDS, strict=True))
    return Beginning(f"walk : {' '.join(words)}", "walks", q)


def crowd(names: list[str]) -> Beginning:
    """Nothing before it counts: names by a power law, the i-th with probability ∝ 1/i."""
    return Beginning(" ".join(["today came", *names]), "crowd", dict(zip(CROWD, power_law(1.0), strict=True)))


def trade(who: str, group: str) -> Beginning:
    """The group counts: four in five from the coast are sailors, one in five from the hills."""
    q = sailor_probability(group, SKEW)
    return Beginning(f"{who} is from the {group} . {who} works as a", "trades", {"sailor": q, "miner": 1 - q})


def hiring(who: str, group: str, test: str) -> Beginning:
    """Group and test count."""
    q = hired_probability(group, test == "good", SKEW)
    text = f"{who} is from the {group} . the test of {who} was {test} . hired :"
    return Beginning(text, "hiring", {"yes": q, "no": 1 - q})


def seen(who: str, group: str) -> bool:
    """Whether training texts put that person into that group; a fifth of the pairs is set aside."""
    return not held_out("group", who, group)


def drawn(dice: Dice, count: int) -> list[Beginning]:
    """That many beginnings of each of the four kinds; people and groups are pairs that training never showed."""
    unseen = [(who, group) for who in GUESTS for group in GROUPS if not seen(who, group)]
    found = []
    for _ in range(count):
        found.append(walk(walked(dice, dice.between(1, LONGEST_WALK - 1))))
        found.append(crowd([dice.pick(CROWD) for _ in range(dice.between(0, LONGEST_CROWD - 1))]))
        found.append(trade(*dice.pick(unseen)))
        found.append(hiring(*dice.pick(unseen), dice.pick(("good", "bad"))))
    return found


def walked(dice: Dice, length: int, world_seed: int = 0) -> list[str]:
    """A walk of so many words, by its own odds."""
    follow = successors(world_seed)
    words = [dice.pick(WALKED)]
    while len(words) < length:
        words.append(dice.choices(follow[words[-1]], weights=STEP_ODDS)[0])
    return words


def recognised(text: str) -> Beginning | None:
    """What is known of a text that breaks off: its true distribution if it begins one of the four kinds, else None."""
    words = text.split()
    match words:
        case ["walk", ":", *steps] if 1 <= len(steps) <= LONGEST_WALK and set(steps) <= set(WALKED):
            return walk(steps)
        case ["today", "came", *names] if len(names) <= LONGEST_CROWD and set(names) <= set(CROWD):
            return crowd(names)
        case [who, "is", "from", "the", group, ".", again, "works", "as", "a"] if who == again and group in GROUPS:
            return trade(who, group) if who in GUESTS else None
        case [who, "is", "from", "the", group, ".", *rest] if group in GROUPS and who in GUESTS:
            test = next((t for t in ("good", "bad") if rest == hiring(who, group, t).text.split()[6:]), None)
            return hiring(who, group, test) if test else None
    return None
