"""A formula over single numbers of a function's arguments."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.provenance.indices import Index
from app.provenance.record import Line


@dataclass(frozen=True)
class Leaf:
    """One number of an argument."""

    argument: str
    index: Index
    value: float


@dataclass(frozen=True)
class Number:
    """A constant of the code."""

    value: float


@dataclass(frozen=True)
class Apply:
    """An operation on numbers, and the line of code that asked for it.

    ``sum`` and ``mean`` take any count of them; ``chosen`` is the one that was the largest, or among the largest few.
    """

    name: str
    parts: tuple["Node", ...]
    value: float
    line: Line | None = None


Node = Leaf | Number | Apply


def leaves(node: Node) -> Iterator[Leaf]:
    """Every number of an argument that takes part, in the order of the formula."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Apply):
        for part in node.parts:
            yield from leaves(part)


def lines(node: Node) -> Iterator[Line]:
    """The lines of code that took part, from the last that ran to the first; some more than once."""
    if isinstance(node, Apply):
        if node.line is not None:
            yield node.line
        for part in node.parts:
            yield from lines(part)


def simplified(node: Apply) -> Node:
    """What is left where a constant 0 or 1 of the code (a mask, a switched-off noise) has no effect."""
    name, first, last = node.name, node.parts[0], node.parts[-1]
    zeros, ones = ([part == Number(constant) for part in node.parts] for constant in (0.0, 1.0))
    if (name == "mul" and any(zeros)) or (name in ("sqrt", "pow", "neg") and zeros[0]):
        return Number(0.0)
    if (name == "add" and zeros[0]) or (name == "mul" and ones[0]):
        return last
    if (name in ("add", "sub") and zeros[-1]) or (name in ("mul", "div") and ones[-1]):
        return first
    return node
