"""From a click on a figure to the explanation of the number there, and back to the cells that it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from app.provenance.expression import Expansion
from app.provenance.formula import Apply, Leaf, Node, Number, leaves, lines
from app.provenance.indices import Index, ravelled, span, unravelled
from app.provenance.latex import latex, value
from app.provenance.origin import Computed
from app.provenance.plot_points import Click, Located, clicked, found
from app.provenance.record import Line, Recorder

DEEPEST = 3
"""Equations of a chain: a weight, the score that it came from, the query that the score came from."""

MARKS = ("from-1", "from-2", "from-3", "from-4", "from-5")
"""Classes of the arguments, in their order; one that is left over is written plain."""


@dataclass(frozen=True)
class Source:
    """The numbers of one argument that took part, and which cells of the drawn figures they are."""

    argument: str
    mark: str
    index: str
    count: int
    cells: tuple[Click, ...]


@dataclass(frozen=True)
class Step:
    """One number: its call, the formula with the numbers in it, the lines that ran, the numbers that took part."""

    call: str
    latex: str
    value: float
    lines: tuple[Line, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Explanation:
    """What was asked about, and a chain of steps for each number that this point stands for."""

    click: Click
    chains: tuple[tuple[Step, ...], ...]


def explain(sources: Sequence[Located], click: Click) -> Explanation | None:
    """None where nothing is drawn, or nothing is known of it."""
    for one in sources:
        shows = one.plotted.shows
        if (one.figure, one.trace) == (click.figure, click.trace) and isinstance(shows, Computed):
            places = clicked(one.plotted, click)
            chains = tuple(tuple(_chain(shows, place, sources, click.frame)) for place in places)
            if chains:
                return Explanation(click, chains)
    return None


def _chain(made: Computed, place: int, sources: Sequence[Located], frame: int) -> list[Step]:
    steps: list[Step] = []
    current: Computed | None = made
    while current is not None and len(steps) < DEEPEST:
        node = follow(current, place)
        if not isinstance(node, Leaf):  # a number that was only passed on is no step
            steps.append(_step(current, place, node, sources, frame))
        current, place = _before(current, place, node)
    return steps


def follow(made: Computed, place: int) -> Node:
    """The formula of one number, by running its function again under watch."""
    given: dict[str, Any] = {name: _argument(value) for name, value in made.given.items()}
    with Recorder() as recorder:
        result = made.by(**given)
    if made.part is not None:
        result = result[made.part]  # type: ignore[index]
    assert isinstance(result, Tensor)
    expansion = Expansion(recorder, {name: value for name, value in given.items() if isinstance(value, Tensor)})
    node = expansion.node(result, place)
    operation = recorder.made(result)
    if isinstance(node, Number) and operation is not None:  # a constant of the code, on the line that chose it
        return Apply("chosen", (node,), node.value, operation.line)
    return node


def _argument(value: Any) -> Any:
    """A tensor of its own, so that two equal arguments stay apart; a float as one, so that it is followed too."""
    if isinstance(value, Computed):
        value = value.tensor
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return value.clone() if isinstance(value, Tensor) else value


def _step(made: Computed, place: int, node: Node, sources: Sequence[Located], frame: int) -> Step:
    used: dict[str, list[Leaf]] = {}
    for leaf in leaves(node):
        used.setdefault(leaf.argument, []).append(leaf)
    ordered = [name for name in made.given if name in used]
    marks = {name: MARKS[min(order, len(MARKS) - 1)] for order, name in enumerate(ordered)}
    taking_part = tuple(
        _source(
            name, marks[name], list(dict.fromkeys(leaf.index for leaf in used[name])), made.given[name], sources, frame
        )
        for name in ordered
    )
    return Step(
        _call(made, place),
        f"{latex(node, marks)} = {value(node.value)}",
        node.value,
        tuple(dict.fromkeys(lines(node))),
        taking_part,
    )


def _call(made: Computed, place: int) -> str:
    """“attention_weights(scores)[0, 3, 7, 2]”."""
    name = getattr(made.by, "__qualname__", type(made.by).__name__).removesuffix(".__init__")
    index = unravelled(place, tuple(made.tensor.shape))
    inside = f"[{', '.join(map(str, index))}]" if index else ""
    part = f"[{made.part}]" if made.part is not None else ""
    return f"{name}({', '.join(made.given)}){part}{inside}"


def _source(name: str, mark: str, indices: list[Index], given: Any, sources: Sequence[Located], frame: int) -> Source:
    tensor = given.tensor if isinstance(given, Computed) else given
    cells: list[Click] = []
    if isinstance(tensor, Tensor):
        wanted = {ravelled(index, tuple(tensor.shape)) for index in indices}
        for one in sources:
            if one.plotted.tensor is tensor:
                cells += found(one, wanted, frame)
    return Source(name, mark, span(indices), len(indices), tuple(cells))


def _before(made: Computed, place: int, node: Node) -> tuple[Computed | None, int]:
    """The argument that was Computed itself, and which of its numbers to follow: at the same index if it took part."""
    index = unravelled(place, tuple(made.tensor.shape))
    used = list(leaves(node))
    for name, given in made.given.items():
        indices = [leaf.index for leaf in used if leaf.argument == name]
        if isinstance(given, Computed) and indices:
            same = given.tensor.shape == made.tensor.shape and index in indices
            chosen = index if same else indices[0]
            return given, ravelled(chosen, tuple(given.tensor.shape))
    return None, 0


def agrees(made: Computed) -> bool:
    """Whether the function, run again on what it was given, makes the tensor of the run."""
    result: Any = made.by(**{name: _argument(value) for name, value in made.given.items()})
    result = result if made.part is None else result[made.part]
    return torch.allclose(result.float(), made.tensor.float(), rtol=1e-4, atol=1e-5, equal_nan=True)
