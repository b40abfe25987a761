"""A measurement at several values of one control, and which of them the page is set to."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")
T = TypeVar("T")


class Sweep(NamedTuple, Generic[V, T]):
    """Equally many values and measurements, in the order of the values."""

    values: list[V]
    measured: list[T]
    at: int  # place of the value that the control has

    @property
    def value(self) -> V:
        return self.values[self.at]

    @property
    def current(self) -> T:
        """The measurement at the value of the control."""
        return self.measured[self.at]

    def each(self, number: Callable[[T], float]) -> list[float]:
        """One number of every measurement: a line to draw over ``values``."""
        return [number(one) for one in self.measured]

    def pairs(self) -> Iterator[tuple[V, T]]:
        return zip(self.values, self.measured, strict=True)


def sweep(measure: Callable[[V], T], values: Iterable[V], current: V) -> Sweep[V, T]:
    """``measure`` at each of the values, and at the current one in its place among them if it is none of them.

    ``measure`` is called at every change of any control, so what takes time is kept: ``app.experiments.memo``.
    """
    found = list(values)
    if current not in found:
        found = sorted([*found, current])  # type: ignore[type-var]  # only numbers have values in between
    return Sweep(found, [measure(value) for value in found], found.index(current))
