"""Where numbers are plotted: from a point of a picture to its places in a tensor, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import plotly.graph_objects as go
import torch
from torch import Tensor

from app.provenance.indices import Index, unravelled
from app.provenance.origin import Computed, Plotted

if TYPE_CHECKING:
    from app.experiments.base import Figure


@dataclass(frozen=True)
class Click:
    """A point of a picture: figure, which trace of it, row and column (or the point's number), the visible frame."""

    figure: str
    trace: int
    point: Index
    frame: int = 0


@dataclass(frozen=True)
class Located:
    """A Plotted with the key of its figure and the number of its trace there."""

    figure: str
    trace: int
    plotted: Plotted


class NoTrace(LookupError):
    """A source names a trace that its figure does not have, or has twice."""


def trace_number(plot: go.Figure, trace: str) -> int:
    """The number of the trace of that name; raises NoTrace unless there is exactly one."""
    names = [one.name for one in plot.data]
    if not trace and len(names) == 1:
        return 0
    if names.count(trace) != 1:
        raise NoTrace(f"trace {trace!r}: the figure has {names}")
    return names.index(trace)


def located(figures: "Mapping[str, Figure]") -> list[Located]:
    """Every source of every figure, in their order."""
    return [
        Located(key, trace_number(figure.plot, source.trace), source)
        for key, figure in figures.items()
        for source in figure.sources
    ]


def traceable(sources: Sequence[Located]) -> dict[str, tuple[int, ...]]:
    """Figure → its traces that a click on can be explained."""
    found: dict[str, dict[int, None]] = {}
    for one in sources:
        if isinstance(one.plotted.shows, Computed):
            found.setdefault(one.figure, {})[one.trace] = None
    return {figure: tuple(traces) for figure, traces in found.items()}


def most(sources: Sequence[Located], figure: str, frame: int = 0) -> Click | None:
    """Where to begin: the point of a figure with the largest number that can be explained."""
    for one in sources:
        shown = one.plotted
        if one.figure != figure or not isinstance(shown.shows, Computed) or not shown.tensor.numel():
            continue
        picture = _numbered(shown)
        picture = picture[frame] if shown.framed and frame < len(picture) else picture
        numbers = shown.tensor.reshape(-1)[(picture - 1).clamp(min=0)].float()
        numbers = numbers.masked_fill((picture < 1) | ~numbers.isfinite(), -torch.inf)
        if numbers.isfinite().any():
            best = unravelled(int(numbers.argmax()), tuple(picture.shape))
            return Click(figure, one.trace, best[: len(best) - shown.several], frame)
    return None


def clicked(plotted: Plotted, click: Click) -> list[int]:
    """Places of the numbers at the clicked point."""
    picture = _numbered(plotted)
    at = (click.frame, *click.point) if plotted.framed else click.point
    if len(at) > picture.ndim or any(not 0 <= place < size for place, size in zip(at, picture.shape)):
        return []
    return [place - 1 for place in picture[at].reshape(-1).tolist() if place > 0]


def found(one: Located, wanted: set[int], frame: int) -> list[Click]:
    """Where a picture shows these places of its tensor, in the visible frame."""
    picture = _numbered(one.plotted)
    if one.plotted.framed:
        if frame >= len(picture):
            return []
        picture = picture[frame]
    found = torch.isin(picture - 1, torch.tensor(sorted(wanted)))
    return [Click(one.figure, one.trace, tuple(point), frame) for point in found.nonzero().tolist()]


def _numbered(plotted: Plotted) -> Tensor:
    """The picture with, in place of each number, one plus its place in the tensor; 0 where there is none."""
    cells = torch.arange(1, plotted.tensor.numel() + 1, dtype=torch.float64).view(plotted.tensor.shape)
    return plotted.view(cells).nan_to_num(0.0, 0.0, 0.0).long()
