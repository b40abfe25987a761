"""The fixed part of the tiny world: who lives where, works as what, keeps which pet, is whose friend."""

from functools import lru_cache
from typing import Literal, NamedTuple

from models.data.dice import Dice
from models.data.words import ANIMALS, CITIES, JOBS, LANDS, RESIDENTS, RIVERS

Tier = Literal["often", "seldom", "never"]

SHARES: dict[Tier, float] = {"often": 0.6, "seldom": 0.2, "never": 0.2}


class Fact(NamedTuple):
    """``value`` is the ``relation`` of ``subject``; the tier says how often a training text tells it."""

    relation: str
    subject: str
    value: str
    tier: Tier

    @property
    def name(self) -> str:
        return f"{self.relation}:{self.subject}:{self.tier}"


class World:
    """Two worlds of the same seed are the same world.

    ``facts`` are in a fixed order; ``by_tier`` groups them; ``of(relation, subject)`` finds one.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        dice = Dice(seed)
        friends = dice.some(RESIDENTS, len(RESIDENTS))  # everyone in a ring of friends, so none is their own
        ring = dict(zip(friends, friends[1:] + friends[:1], strict=True))
        values = {
            "home": dealt(RESIDENTS, CITIES, dice),
            "job": dealt(RESIDENTS, JOBS, dice),
            "pet": dealt(RESIDENTS, ANIMALS, dice),
            "friend": {who: ring[who] for who in RESIDENTS},
            "river": dealt(CITIES, RIVERS, dice),
            "land": dealt(CITIES, LANDS, dice),
        }
        self.facts = tuple(
            Fact(relation, subject, value, tier)
            for relation, table in values.items()
            for (subject, value), tier in zip(table.items(), shuffled_tiers(len(table), dice), strict=True)
        )
        self.by_tier = {tier: tuple(f for f in self.facts if f.tier == tier) for tier in SHARES}
        self.known = self.by_tier["often"] + self.by_tier["seldom"]
        self._index = {(f.relation, f.subject): f for f in self.facts}

    def told_values(self, relation: str) -> dict[str, str]:
        """Subject to value, for the facts of a relation that are told often."""
        return {f.subject: f.value for f in self.by_tier["often"] if f.relation == relation}

    def of(self, relation: str, subject: str) -> Fact:
        return self._index[relation, subject]


def dealt(subjects: tuple[str, ...], values: tuple[str, ...], dice: Dice) -> dict[str, str]:
    """A value for each subject, every value equally often: to guess without knowing is right once in len(values)."""
    return dict(zip(subjects, dice.some(values * (len(subjects) // len(values)), len(subjects)), strict=True))


def shuffled_tiers(count: int, dice: Dice) -> list[Tier]:
    """The tiers in their exact shares, in random order."""
    often, seldom = (round(count * SHARES[tier]) for tier in ("often", "seldom"))
    tiers: list[Tier] = ["often"] * often + ["seldom"] * seldom + ["never"] * (count - often - seldom)
    return dice.some(tiers, count)


@lru_cache(maxsize=8)
def world(seed: int = 0) -> World:
    """The world of a seed, made once a process."""
    return World(seed)
