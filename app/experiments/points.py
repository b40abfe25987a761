"""Points that a person adds to a plane, by a click or by numbers: a control of any experiment on two classes of points.

Its value is text, so that the points travel in the address and are stored nowhere: “a0.5_-1.2 b0.3_0.4” is a point of
the first class at (0.5, −1.2) and one of the second. A trace whose ``meta`` is ``WHERE | {"sets": [name]}`` adds a
point where it is clicked.
"""

import re
from typing import Annotated, NamedTuple

import torch
from pydantic import AfterValidator, Field
from pydantic.config import JsonDict
from torch import Tensor

FARTHEST = 3.0
"""Coordinates reach from −3 to 3."""

MOST = 40

WHERE = {"where": True}
"""In the ``meta`` of a trace: a click says where it was, not on what."""

_TAKES = f"takes up to {MOST} points such as “a0.5_-1.2 b0.3_0.4”, coordinates from −{FARTHEST:g} to {FARTHEST:g}"
_POINT = re.compile(r"([ab])(-?\d+(?:\.\d+)?)_(-?\d+(?:\.\d+)?)", re.ASCII)


class Added(NamedTuple):
    """Points and the class of each."""

    points: Tensor  # (A, 2)
    labels: Tensor  # (A,) 0 or 1


def _found(text: str) -> list[tuple[str, float, float]]:
    words = text.split()
    points = [_POINT.fullmatch(word) for word in words]
    found = [(point[1], float(point[2]), float(point[3])) for point in points if point]
    if len(found) < len(words) or len(found) > MOST or any(abs(x) > FARTHEST for _, *at in found for x in at):
        raise ValueError(_TAKES)
    return found


def _written(text: str) -> str:
    """One spelling for one set of points, hundredths being the finest."""
    return " ".join(f"{letter}{_short(x)}_{_short(y)}" for letter, x, y in _found(text))


def _short(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}"


POINTS: JsonDict = {"kind": "points", "range": [-FARTHEST, FARTHEST], "most": MOST}
"""Tells the page to let a click add a point."""

Points = Annotated[str, AfterValidator(_written), Field(json_schema_extra=POINTS)]
"""Added points of two classes as text; the empty text is none."""


def read_points(text: str) -> Added:
    """The points of a ``Points``.

    Raises:
        ValueError: if the text is none; its words say what is.
    """
    found = _found(text)
    points = torch.tensor([[x, y] for _, x, y in found], dtype=torch.float).view(-1, 2)  # (A, 2)
    return Added(points, torch.tensor([letter == "b" for letter, *_ in found]).long())
