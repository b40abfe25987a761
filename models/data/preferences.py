"""Pairs of replies of which a judge preferred one, with the judge's taste known exactly.

    <|user|> where does Mia live ?<|assistant|> thank you , it is Lund .        right and polite
    <|user|> where does Mia live ?<|assistant|> Oslo ! ! !                      wrong and loud

The judge is of the Bradley-Terry kind: P(a ≻ b) = σ(u(a) − u(b)), where u is ``utility``. So the best that a reward
model can do is known (``judge_accuracy``), and a reply can be scored by what it is truly worth.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from models.data.dice import Dice
from models.data.kinds.chat import STYLES
from models.data.kinds.facts import QUESTIONS, STATEMENTS
from models.data.tiny_world import world
from models.data.world import Fact

MANNERS = {  # a style of the chat → what the judge makes of it
    "be polite .": 1.5,
    "answer in full .": 0.5,
    "answer in one word .": 0.0,
    "answer twice .": -0.5,
    "be loud .": -1.0,
}
RIGHT, WRONG = 1.0, -2.0
REFUSAL, REFUSED = "sorry , no .", -0.5  # worse than any plain answer that is right, better than one that is wrong
NONSENSE = -4.0


class Pair(NamedTuple):
    prompt: str
    chosen: str
    rejected: str
    chosen_utility: float
    rejected_utility: float


Valued = tuple[str, float]
"""A reply and its utility."""


def prompt(fact: Fact) -> str:
    return f"<|user|> {QUESTIONS[fact.relation].format(fact.subject)}<|assistant|>"


def reply(fact: Fact, style: str, value: str) -> str:
    """``value`` given as the answer in a style."""
    sentence = STATEMENTS[fact.relation][0].format(fact.subject, value)
    return STYLES[style].format(v=value, s=sentence)


def values_of(relation: str) -> list[str]:
    return sorted({fact.value for fact in world().facts if fact.relation == relation})


def utility(fact: Fact, text: str) -> float:
    """What the judge truly thinks of a reply; a text that is no reply in any manner is nonsense."""
    if text == REFUSAL:
        return REFUSED
    for style, liking in MANNERS.items():
        for value in values_of(fact.relation):
            if text == reply(fact, style, value):
                return liking + (RIGHT if value == fact.value else WRONG)
    return NONSENSE


def any_reply(fact: Fact, dice: Dice) -> Valued:
    """A reply of random manner, right half the time, now and then a refusal; and its utility."""
    if dice.chance(0.1):
        return REFUSAL, REFUSED
    style, right = dice.pick(tuple(MANNERS)), dice.chance(0.5)
    value = fact.value if right else dice.pick([v for v in values_of(fact.relation) if v != fact.value])
    return reply(fact, style, value), MANNERS[style] + (RIGHT if right else WRONG)


def preferred(fact: Fact, one: Valued, other: Valued, dice: Dice) -> Pair:
    """The judge draws: P(one ≻ other) = σ(u(one) − u(other))."""
    first_wins = dice.chance(1 / (1 + math.exp(other[1] - one[1])))
    (chosen, u), (rejected, v) = (one, other) if first_wins else (other, one)
    return Pair(prompt(fact), chosen, rejected, u, v)


def asked_facts(held_out: bool) -> list[Fact]:
    """The often-told facts that replies are about; held out is every fifth."""
    return [fact for i, fact in enumerate(world().by_tier["often"]) if (i % 5 == 0) == held_out]


def pairs(seed: int, held_out: bool = False) -> Iterator[Pair]:
    """Judged pairs without end of replies that nobody said: any manner, right or wrong."""
    dice = Dice(f"preferences {held_out} {seed}")
    facts = asked_facts(held_out)
    while True:
        fact = dice.pick(facts)
        one = other = any_reply(fact, dice)
        while other[0] == one[0]:
            other = any_reply(fact, dice)
        yield preferred(fact, one, other, dice)


def pairs_among(said: Mapping[Fact, Sequence[str]], seed: int) -> Iterator[Pair]:
    """Judged pairs without end of what a model itself said to the question about each fact, more than once."""
    dice = Dice(f"own replies {seed}")
    valued = {fact: [(text, utility(fact, text)) for text in texts] for fact, texts in said.items()}
    facts = [fact for fact, texts in said.items() if len(set(texts)) > 1]
    while True:
        fact = dice.pick(facts)
        one = other = dice.pick(valued[fact])
        while other[0] == one[0]:
            other = dice.pick(valued[fact])
        yield preferred(fact, one, other, dice)


def judge_accuracy(judged: list[Pair]) -> float:
    """How often the judge chose the reply of higher utility (half where they are equal): the ceiling of any model."""
    better = [
        (pair.chosen_utility > pair.rejected_utility) + (pair.chosen_utility >= pair.rejected_utility)
        for pair in judged
    ]
    return sum(better) / (2 * len(judged))
