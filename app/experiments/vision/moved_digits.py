"""Networks that learn digits on a canvas with room to move, one beside the other, and are tested on moved ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from torch import Tensor, nn
from torch.nn.functional import pad

from app.experiments.drawing import read_drawing
from models.convolution.digit_training import BORDER, DigitTraining, accuracy_when_moved
from models.data.digits import Digits
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, SERIES

SHIFTS = (0, 1, 2)
"""Pixels by which held-out digits are moved."""


def unmoved(x: Tensor) -> Tensor:
    return x


def drawing_on_canvas(drawing: str, device: str) -> Tensor:
    """(1, 1, 12, 12) from 0, paper, to 1, ink."""
    return pad(read_drawing(drawing).to(device), (BORDER,) * 4)[None, None]


def step_of_each(trainings: Sequence[DigitTraining[Any]]) -> Callable[[], None]:
    """One step of all trainings."""

    def step() -> None:
        for one in trainings:
            one.step()

    return step


def accuracies(model: nn.Module, held_out: Digits, view: Callable[[Tensor], Tensor] = unmoved) -> list[float]:
    """The share of right answers at each of SHIFTS; ``view`` is done to the moved images."""
    return [accuracy_when_moved(model, held_out, by, view) for by in SHIFTS]


def accuracy_by_shift(lines: Mapping[str, Sequence[float]], pixels: float, room: int) -> go.Figure:
    """One line a network, the first in the accent colour; ``pixels`` is the height of the plot itself."""
    drawn = curves(
        np.array(SHIFTS), {name: np.array(line) for name, line in lines.items()}, x_title="digit moved by, pixels",
        y_range=(0, 1.05), markers=True, colours=dict(zip(lines, (ACCENT, SERIES[1]), strict=True)), room=room,
    )  # fmt: skip
    return apart(drawn.update_xaxes(tickvals=list(SHIFTS)).update_yaxes(tickformat=".0%"), pixels)
