"""What a formula comes to, worked out with Python's own numbers: the oracle of the traces."""

import math
import operator
from collections.abc import Callable

from app.provenance.formula import Apply, Leaf, Node

MEANINGS: dict[str, Callable[..., float]] = {
    "sum": lambda *parts: math.fsum(parts),
    "mean": lambda *parts: math.fsum(parts) / len(parts),
    "prod": lambda *parts: math.prod(parts),
    "chosen": lambda part: part,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
    "abs": abs,
    "exp": lambda x: math.exp(x) if x < 700 else math.inf,
    "log": math.log,
    "sqrt": math.sqrt,
    "cos": math.cos,
    "sin": math.sin,
    "tanh": math.tanh,
    "erf": math.erf,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "relu": lambda x: max(x, 0.0),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "maximum": max,
    "minimum": min,
}


def worth(node: Node) -> float:
    """The leaves' values through the formula; the values that its inner nodes carry are not looked at."""
    if not isinstance(node, Apply):
        return node.value
    return MEANINGS[node.name](*map(worth, node.parts))


def indices(node: Node, argument: str) -> set[tuple[int, ...]]:
    """Which numbers of an argument stand in the formula."""
    if isinstance(node, Leaf):
        return {node.index} if node.argument == argument else set()
    return set().union(*(indices(part, argument) for part in node.parts)) if isinstance(node, Apply) else set()
