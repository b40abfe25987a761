"""A private, fast and portable source of chance, and the rule that sets combinations aside."""

import random
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

HELD_ONE_IN = 5


class Dice(random.Random):
    """Draws built on ``random()`` alone, the one method whose numbers Python promises never to change."""

    def pick(self, items: Sequence[T]) -> T:
        """One item, each equally likely."""
        return items[int(self.random() * len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """``count`` different items in random order."""
        pool = list(items)
        if count > len(pool):
            raise ValueError(f"count: {count} different items were asked for, there are {len(pool)}")
        for i in range(count):
            j = i + int(self.random() * (len(pool) - i))
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:count]

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def until(self, draw: Callable[[], T], accept: Callable[[T], bool]) -> T:
        """Draw again until the result is accepted."""
        while not accept(drawn := draw()):
            pass
        return drawn


def held_out(*combination: object) -> bool:
    """True for a fixed fifth of all combinations, which training never shows together."""
    return fingerprint(*combination) % HELD_ONE_IN == 0


@lru_cache(maxsize=65536)
def partners(values: tuple[T, ...], held: bool, *owner: object) -> tuple[T, ...]:
    """The values that may stand with an owner: the fifth that training never shows with it, or all the others."""
    first = fingerprint(*owner) % HELD_ONE_IN
    return tuple(value for i, value in enumerate(values) if (i % HELD_ONE_IN == first) == held)


def fingerprint(*parts: object) -> int:
    """A number that is the same in every process, unlike ``hash``."""
    return zlib.crc32(" ".join(map(str, parts)).encode())
