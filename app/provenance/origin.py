"""What an experiment says of the numbers it draws: which function computed them, from what, and where they stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:  # the page's words do not wait for torch
    from torch import Tensor


@dataclass(frozen=True)
class Computed:
    """A tensor of a run, the function of ``models`` that computed it, and its arguments by name.

    An argument may be Computed itself: then a trace goes on to it. ``part`` says which of several returned tensors it
    is.
    """

    tensor: "Tensor"
    by: Callable[..., object]
    given: Mapping[str, Any]
    part: int | None = None


def computed(by: Callable[..., object], part: int | None = None, /, **given: Any) -> Computed:
    """What ``by`` returns for these arguments, worked out now, and that it did."""
    import torch

    arguments = {name: value.tensor if isinstance(value, Computed) else value for name, value in given.items()}
    result: Any = by(**arguments)
    result = result if part is None else result[part]
    return Computed(torch.as_tensor(result, dtype=torch.double if isinstance(result, float) else None), by, given, part)


def _all(tensor: "Tensor") -> "Tensor":
    return tensor


@dataclass(frozen=True)
class Plotted:
    """A trace of a figure and what it shows: ``view`` moves the tensor's numbers to their places in the picture.

    ``trace`` is the name that the visualizer gave the trace; it may be left out where the figure has one trace only.
    A heatmap's view is (rows, columns), that of bars or points (points,). With ``framed`` a dimension for the frames of
    the figure stands before them; with ``several`` one after them, for points that stand for more than one number.
    ``view`` may reorder, drop and repeat numbers, pad with zeros or NaN, but not change them: turned round, it finds
    the number behind a point. ``unit`` is what the numbers are multiplied by in the picture; None if the trace stands
    for them without drawing them to scale, like the angle of a vector.
    """

    shows: Union["Tensor", Computed]
    view: Callable[["Tensor"], "Tensor"] = _all
    trace: str = ""
    framed: bool = False
    several: bool = False
    unit: float | None = 1.0

    @property
    def tensor(self) -> "Tensor":
        return self.shows.tensor if isinstance(self.shows, Computed) else self.shows
