"""A curve fitted by one hidden layer: with the best output weights, and by gradient descent."""

import math
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.live_training import Progress, training
from models.approximation.one_hidden_layer import (
    Activation,
    Descent,
    Layer,
    best_output_weights,
    hidden,
    output,
    rms_error,
    start,
)

POINTS, SNAPSHOTS = 200, 10
WIDTHS = (1, 2, 4, 8, 16, 32, 64)
STEEPNESS, RATE = 8.0, 3e-3

TARGETS: dict[str, Callable[[Tensor], Tensor]] = {
    "sine": lambda x: torch.sin(3 * math.pi * x),
    "step": lambda x: torch.tanh(40 * x),
    "bump": lambda x: torch.exp(-60 * x.square()),
}
ACTIVATIONS: dict[str, Activation] = {
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "square": torch.square,
}


class UniversalApproximationControls(Controls):
    target: Literal["sine", "step", "bump"] = Field("sine", title="Curve to fit")
    units: int = Field(64, ge=1, le=64, title="Hidden units")
    activation: Literal["tanh", "ReLU", "square"] = Field("tanh", title="Activation")
    steps: int = Field(800, ge=0, le=3200, multiple_of=100, title="Steps of gradient descent")
    ending: Literal["as trained", "best for its hidden units"] = Field(
        "as trained", title="Output weights after descent", description="Best: by least squares"
    )


class UniversalApproximationResult(NamedTuple):
    controls: UniversalApproximationControls
    x: Tensor  # (P, 1)
    target: Tensor  # (P, 1)
    units: Tensor  # (P, n) random hidden units
    best: tuple[Tensor, Tensor]  # output weights (n, 1) and bias (1) by least squares
    fit: Tensor  # (P, 1)
    by_width: list[float]  # error of the best output weights for each of WIDTHS, of the same units
    squares_by_width: list[float]  # the same with z² as activation
    progress: Progress[Layer]
    trained: Tensor  # (P, 1) by gradient descent
    trained_best: float  # error of the best output weights on the hidden units that descent found
    parameters: int


def errors_by_width(x: Tensor, t: Tensor, layer: Layer, activation: Activation) -> list[float]:
    """The first units of a layer, ever more of them, each time with the best output weights."""
    h = hidden(x, layer.w, layer.b, activation)
    return [rms_error(output(h[:, :n], *best_output_weights(h[:, :n], t)), t).item() for n in WIDTHS]


def run(controls: UniversalApproximationControls, device: str) -> Iterator[UniversalApproximationResult]:
    c, activation = controls, ACTIVATIONS[controls.activation]
    x = torch.linspace(-1, 1, POINTS, dtype=torch.float64)[:, None]
    t = TARGETS[c.target](x)
    wide = start(WIDTHS[-1], STEEPNESS, c.seed)
    units = hidden(x, wide.w[: c.units], wide.b[: c.units], activation)
    best = best_output_weights(units, t)
    by_width, squares = (errors_by_width(x, t, wide, one) for one in (activation, torch.square))
    descent = Descent(x, t, start(c.units, 1.0, c.seed + 1), activation, RATE)
    for progress in (
        training(descent.step, descent.evaluate, c.steps, SNAPSHOTS)
        if c.steps
        else [Progress([descent.evaluate()], [0], 0, 0)]
    ):
        layer = progress.newest
        h = hidden(x, layer.w, layer.b, activation)
        solved = output(h, *best_output_weights(h, t))
        trained = output(h, layer.v, layer.c) if c.ending == "as trained" else solved
        yield UniversalApproximationResult(
            c, x, t, units, best, output(units, *best), by_width, squares, progress, trained,
            rms_error(solved, t).item(), 3 * c.units + 1,
        )  # fmt: skip


def measure(result: UniversalApproximationResult) -> Measurements:
    error = rms_error(result.trained, result.target).item()
    return {
        "least_squares_error": rms_error(result.fit, result.target).item(),
        "error_of_64_units": result.by_width[-1],
        "error_of_8_units": result.by_width[WIDTHS.index(8)],
        "error_of_64_squares": result.squares_by_width[-1],
        "descent_error": error,
        "best_error_of_its_units": result.trained_best,
        "descent_over_best": error / max(result.trained_best, 1e-12),
        "powers_of_ten_apart": math.log10(max(error, 1e-12) / max(result.trained_best, 1e-12)),
        "steps": result.progress.step,
    }
