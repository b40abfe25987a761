"""Where numbers are drawn: from a point of a picture to its places in a tensor, and back."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from app.tracing.indices import Index, unravelled
from app.tracing.origin import Drawn, Made


@dataclass(frozen=True)
class Click:
    """A point of a picture: figure, which trace of it, row and column (or the point's number), the frame in sight."""

    figure: str
    trace: int
    point: Index
    frame: int = 0


def traceable(drawn: Sequence[Drawn]) -> dict[str, tuple[int, ...]]:
    """Figure → its traces that a click on can be explained."""
    found: dict[str, dict[int, None]] = {}
    for one in drawn:
        if isinstance(one.shows, Made):
            found.setdefault(one.figure, {})[one.trace] = None
    return {figure: tuple(traces) for figure, traces in found.items()}


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


def clicked(one: Drawn, click: Click) -> list[int]:
    """Places of the numbers at the clicked point."""
    picture = _numbered(one)
    at = (click.frame, *click.point) if one.framed else click.point
    if len(at) > picture.ndim or any(not 0 <= place < size for place, size in zip(at, picture.shape)):
        return []
    return [place - 1 for place in picture[at].reshape(-1).tolist() if place > 0]


def found(one: Drawn, wanted: set[int], frame: int) -> list[Click]:
    """Where a picture shows these places of its tensor, in the frame in sight."""
    picture = _numbered(one)
    if one.framed:
        if frame >= len(picture):
            return []
        picture = picture[frame]
    found = torch.isin(picture - 1, torch.tensor(sorted(wanted)))
    return [Click(one.figure, one.trace, tuple(point), frame) for point in found.nonzero().tolist()]


def _numbered(one: Drawn) -> Tensor:
    """The picture with, in place of each number, one plus its place in the tensor; 0 where there is none."""
    cells = torch.arange(1, one.tensor.numel() + 1, dtype=torch.float64).view(one.tensor.shape)
    return one.view(cells).nan_to_num(0.0, 0.0, 0.0).long()
