"""Texts whose probabilities, and so whose entropy, are known exactly."""

import math
from functools import lru_cache
from itertools import accumulate

from models.data.dice import Dice
from models.data.words import ANIMALS, GUESTS, OBJECTS, RESIDENTS
from models.data.world import World

CROWD = GUESTS + RESIDENTS
WALKED = ANIMALS + OBJECTS
STEP_ODDS = (0.6, 0.25, 0.1, 0.05)  # of the four words that may follow a word
STEP_ENTROPY_NATS = -sum(p * math.log(p) for p in STEP_ODDS)


@lru_cache(maxsize=64)
def power_law(exponent: float) -> tuple[float, ...]:
    """Probability of each name of CROWD: proportional to rank^−exponent."""
    weights = [rank**-exponent for rank in range(1, len(CROWD) + 1)]
    return tuple(weight / sum(weights) for weight in weights)


@lru_cache(maxsize=64)
def cumulated(exponent: float) -> tuple[float, ...]:
    return tuple(accumulate(power_law(exponent)))


def crowd(world: World, dice: Dice, held: bool, exponent: float = 1.0, length: int = 8) -> str:
    """today came [Ada] [Ben] [Ada] [Cleo] . — names by a power law, each drawn anew.

    The best guess is always the first of CROWD, right with ``power_law(exponent)[0]``. Both splits are alike.
    """
    names = dice.choices(CROWD, cum_weights=cumulated(exponent), k=length)
    return f"today came {' '.join(f'[{name}]' for name in names)} ."


@lru_cache(maxsize=8)
def successors(world_seed: int) -> dict[str, tuple[str, ...]]:
    """The words that may follow each word, most likely first."""
    dice = Dice(f"walk {world_seed}")
    return {word: tuple(dice.some(WALKED, len(STEP_ODDS))) for word in WALKED}


def walks(world: World, dice: Dice, held: bool, length: int = 16) -> str:
    """walk : key [cup] [cat] [key] [map] . — a Markov chain; every step after the first word has STEP_ENTROPY_NATS.

    The best guess is right with STEP_ODDS[0]. Both splits are alike.
    """
    follow, limits = successors(world.seed), tuple(accumulate(STEP_ODDS))
    first = word = dice.pick(WALKED)
    steps = [word := dice.choices(follow[word], cum_weights=limits)[0] for _ in range(length - 1)]
    return f"walk : {first} {' '.join(f'[{step}]' for step in steps)} ."
