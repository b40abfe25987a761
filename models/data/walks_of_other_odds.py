"""Walks as in ``models.data.kinds.chance``, by its odds or with two of the four odds exchanged."""

from models.data.dice import Dice
from models.data.kinds.chance import STEP_ODDS, WALKED, successors

LENGTH = 16


def exchanged(first: int, second: int) -> tuple[float, ...]:
    """The odds of a step with those of two ranks exchanged: the entropy stays, what is likely changes."""
    odds = list(STEP_ODDS)
    odds[first], odds[second] = odds[second], odds[first]
    return tuple(odds)


def walks(odds: tuple[float, ...], count: int, seed: int, world_seed: int = 0) -> list[str]:
    """So many texts “walk : …” of sixteen words."""
    dice, follow = Dice(f"walks of other odds {seed}"), successors(world_seed)
    texts = []
    for _ in range(count):
        words = [dice.pick(WALKED)]
        while len(words) < LENGTH:
            words.append(dice.choices(follow[words[-1]], weights=odds)[0])
        texts.append(f"walk : {' '.join(words)}")
    return texts
