"""From a click on a figure to the explanation of the number there, and back to the cells that it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from app.tracing.expression import Expansion, unravelled
from app.tracing.formula import Apply, Index, Leaf, Node, Number, leaves, lines
from app.tracing.latex import latex, value
from app.tracing.origin import Drawn, Made
from app.tracing.record import Line, Recorder

DEEPEST = 3
"""Equations of a chain: a weight, the score that it came from, the query that the score came from."""

MARKS = ("from-1", "from-2", "from-3", "from-4", "from-5")
"""Classes of the arguments, in their order; one that is left over is written plain."""


@dataclass(frozen=True)
class Click:
    """A point of a picture: figure, which trace of it, row and column (or the point's number), the frame in sight."""

    figure: str
    trace: int
    point: Index
    frame: int = 0


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


def explain(drawn: Sequence[Drawn], click: Click) -> Explanation | None:
    """None where nothing is drawn, or nothing is known of it."""
    for one in drawn:
        if (one.figure, one.trace) == (click.figure, click.trace) and isinstance(one.shows, Made):
            places = _clicked(one, click)
            chains = tuple(tuple(_chain(one.shows, place, drawn, click.frame)) for place in places)
            if chains:
                return Explanation(click, chains)
    return None


def most(drawn: Sequence[Drawn], figure: str, frame: int = 0) -> Click | None:
    """Where to begin: the point of a figure with the largest number that can be explained."""
    for one in drawn:
        if one.figure != figure or not isinstance(one.shows, Made) or not one.tensor.numel():
            continue
        picture = _numbered(one)
        picture = picture[frame] if one.framed and frame < len(picture) else picture
        numbers = one.tensor.reshape(-1)[(picture - 1).clamp(min=0)].float()
        numbers = numbers.masked_fill((picture < 1) | ~numbers.isfinite(), -torch.inf)
        if numbers.isfinite().any():
            best = unravelled(int(numbers.argmax()), tuple(picture.shape))
            return Click(figure, one.trace, best[: len(best) - one.several], frame)
    return None


def traceable(drawn: Sequence[Drawn]) -> dict[str, tuple[int, ...]]:
    """Figure → its traces that a click on can be explained."""
    found: dict[str, dict[int, None]] = {}
    for one in drawn:
        if isinstance(one.shows, Made):
            found.setdefault(one.figure, {})[one.trace] = None
    return {figure: tuple(traces) for figure, traces in found.items()}


def _numbered(one: Drawn) -> Tensor:
    """The picture with, in place of each number, one plus its place in the tensor; 0 where there is none."""
    cells = torch.arange(1, one.tensor.numel() + 1, dtype=torch.float64).view(one.tensor.shape)
    return one.view(cells).nan_to_num(0.0, 0.0, 0.0).long()


def _clicked(one: Drawn, click: Click) -> list[int]:
    """Places of the numbers at the clicked point."""
    picture = _numbered(one)
    at = (click.frame, *click.point) if one.framed else click.point
    if len(at) > picture.ndim or any(not 0 <= place < size for place, size in zip(at, picture.shape)):
        return []
    return [place - 1 for place in picture[at].reshape(-1).tolist() if place > 0]


def _chain(made: Made, place: int, drawn: Sequence[Drawn], frame: int) -> list[Step]:
    steps: list[Step] = []
    current: Made | None = made
    while current is not None and len(steps) < DEEPEST:
        node = follow(current, place)
        if not isinstance(node, Leaf):  # a number that was only passed on is no step
            steps.append(_step(current, place, node, drawn, frame))
        current, place = _before(current, place, node)
    return steps


def follow(made: Made, place: int) -> Node:
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
    if isinstance(value, Made):
        value = value.tensor
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return value.clone() if isinstance(value, Tensor) else value


def _step(made: Made, place: int, node: Node, drawn: Sequence[Drawn], frame: int) -> Step:
    used: dict[str, list[Leaf]] = {}
    for leaf in leaves(node):
        used.setdefault(leaf.argument, []).append(leaf)
    ordered = [name for name in made.given if name in used]
    marks = {name: MARKS[min(order, len(MARKS) - 1)] for order, name in enumerate(ordered)}
    sources = tuple(
        _source(
            name, marks[name], list(dict.fromkeys(leaf.index for leaf in used[name])), made.given[name], drawn, frame
        )
        for name in ordered
    )
    return Step(
        _call(made, place),
        f"{latex(node, marks)} = {value(node.value)}",
        node.value,
        tuple(dict.fromkeys(lines(node))),
        sources,
    )


def _call(made: Made, place: int) -> str:
    """“attention_weights(scores)[0, 3, 7, 2]”."""
    name = getattr(made.by, "__qualname__", type(made.by).__name__).removesuffix(".__init__")
    index = unravelled(place, tuple(made.tensor.shape))
    inside = f"[{', '.join(map(str, index))}]" if index else ""
    part = f"[{made.part}]" if made.part is not None else ""
    return f"{name}({', '.join(made.given)}){part}{inside}"


def _source(name: str, mark: str, indices: list[Index], given: Any, drawn: Sequence[Drawn], frame: int) -> Source:
    tensor = given.tensor if isinstance(given, Made) else given
    cells: list[Click] = []
    if isinstance(tensor, Tensor):
        wanted = {_ravelled(index, tuple(tensor.shape)) for index in indices}
        for one in drawn:
            if one.tensor is tensor:
                cells += _found(one, wanted, frame)
    return Source(name, mark, _span(indices), len(indices), tuple(cells))


def _found(one: Drawn, wanted: set[int], frame: int) -> list[Click]:
    """Where a picture shows these places of its tensor, in the frame in sight."""
    picture = _numbered(one)
    if one.framed:
        if frame >= len(picture):
            return []
        picture = picture[frame]
    found = torch.isin(picture - 1, torch.tensor(sorted(wanted)))
    return [Click(one.figure, one.trace, tuple(point), frame) for point in found.nonzero().tolist()]


def _span(indices: list[Index]) -> str:
    """“[0, 3, 7, 0…7]”: the index of one number, or the range of each place over several."""
    if not indices or not indices[0]:
        return ""
    lows, highs = map(min, zip(*indices)), map(max, zip(*indices))
    return f"[{', '.join(str(low) if low == high else f'{low}…{high}' for low, high in zip(lows, highs))}]"


def _ravelled(index: Index, shape: tuple[int, ...]) -> int:
    at = 0
    for place, size in zip(index, shape):
        at = at * size + place
    return at


def _before(made: Made, place: int, node: Node) -> tuple[Made | None, int]:
    """The argument that was Made itself, and which of its numbers to follow: at the same index, if that took part."""
    index = unravelled(place, tuple(made.tensor.shape))
    used = list(leaves(node))
    for name, given in made.given.items():
        indices = [leaf.index for leaf in used if leaf.argument == name]
        if isinstance(given, Made) and indices:
            same = given.tensor.shape == made.tensor.shape and index in indices
            chosen = index if same else indices[0]
            return given, _ravelled(chosen, tuple(given.tensor.shape))
    return None, 0


def agrees(made: Made) -> bool:
    """Whether the function, run again on what it was given, makes the tensor of the run."""
    result: Any = made.by(**{name: _argument(value) for name, value in made.given.items()})
    result = result if made.part is None else result[made.part]
    return torch.allclose(result.float(), made.tensor.float(), rtol=1e-4, atol=1e-5, equal_nan=True)
