"""A line fitted to forty points by gradient descent on the mean squared error, and what one outlier does to it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.linear.line_fit import Line, gradient, least_squares, mean_absolute_error, mean_squared_error, predicted
from models.linear.line_training import Loss, column_minus_column, column_minus_row, descend
from models.seeding import generator

SETS, POINTS, STEPS, RATE = 20, 40, 120, 0.05
SLOPE, INTERCEPT, NOISE, REACH = 1.2, 0.5, 0.5, 3.0
OUTLIERS = (0.0, 5.0, 10.0, 15.0, 20.0)
MIDDLE = 10.0

LossName = Literal["squared error", "absolute error", "column minus row", "column minus column"]
Place = Literal["right end", "middle", "left end"]
LOSSES: Mapping[LossName, Loss] = {
    "squared error": mean_squared_error,
    "absolute error": mean_absolute_error,
    "column minus row": column_minus_row,
    "column minus column": column_minus_column,
}
PLACES: Mapping[Place, float] = {"right end": REACH, "middle": 0.0, "left end": -REACH}


class RegressionLineControls(Controls):
    start_slope: float = Field(-1.0, ge=-3, le=3, multiple_of=0.1, title="Slope at the start")
    steps: int = Field(STEPS, ge=0, le=STEPS, title="Steps of descent", description="0: the line stays")
    loss: LossName = Field("squared error", title="Loss", description="Column: of shape (N, 1); row: of shape (N,)")
    outlier: float = Field(0.0, ge=0, le=20, multiple_of=0.5, title="Outlier", description="How far above the line")
    place: Place = Field("right end", title="Position of the outlier")
    noise: Literal["normal", "skewed"] = Field("normal", title="Noise", description="Skewed: rarely far above")


class RegressionLineResult(NamedTuple):
    controls: RegressionLineControls
    x: Tensor  # (N,) the first set
    y: Tensor  # (N,)
    path: list[Line]  # of the first set, () each, by step
    loss: Tensor  # (T,) its loss by step, the one that is minimised
    best: Line  # () its least-squares line
    slopes: Tensor  # (S,) of all sets, with the outlier chosen
    below: Tensor  # (S,) share of the points below the line
    sizes: list[float]  # of the outlier
    shift: Tensor  # (sizes,) how far an outlier moves the slope, mean of the sets
    shift_absolute: Tensor  # (sizes,) the same with the absolute error
    gradient_error: float  # of the closed form, against autograd, at the start
    parameters: int


class Swept(NamedTuple):
    """K sizes of the outlier, S sets."""

    x: Tensor  # (S, N)
    y: Tensor  # (K, S, N)
    path: list[Line]  # (K, S) each, by step


@memo
def points(noise: str, place: float, seed: int) -> tuple[Tensor, Tensor]:
    """(S, N) both; the last point stands where the outlier will."""
    draws = generator(seed)
    x = REACH * (2 * torch.rand(SETS, POINTS, generator=draws, dtype=torch.double) - 1)
    x[:, -1] = place
    e = torch.randn(SETS, POINTS, generator=draws, dtype=torch.double)
    if noise == "skewed":
        e = -torch.rand(SETS, POINTS, generator=draws, dtype=torch.double).log() - 1  # exponential, mean 0, variance 1
    return x, SLOPE * x + INTERCEPT + NOISE * e


@memo
def fitted(
    loss: LossName, sizes: tuple[float, ...], start: float, steps: int, noise: str, place: Place, seed: int
) -> Swept:
    x, y = points(noise, PLACES[place], seed)
    y = y.repeat(len(sizes), 1, 1)
    y[..., -1] += torch.tensor(sizes, dtype=torch.double)[:, None]
    begin = Line(torch.full(y.shape[:2], start, dtype=torch.double), torch.zeros(y.shape[:2], dtype=torch.double))
    return Swept(x, y, descend(x, y, begin, LOSSES[loss], steps, RATE))


def shift_of(swept: Swept, sizes: tuple[float, ...]) -> Tensor:
    """Mean distance of the slope from that without an outlier, (K,)."""
    slope = swept.path[-1].slope
    return (slope - slope[sizes.index(0.0)]).abs().mean(dim=1)


def run(controls: RegressionLineControls, device: str) -> RegressionLineResult:
    c = controls
    sizes = tuple(sorted({*OUTLIERS, c.outlier}))
    both: tuple[LossName, LossName] = (c.loss, "absolute error")
    swept, absolute = (fitted(loss, sizes, c.start_slope, c.steps, c.noise, c.place, c.seed) for loss in both)
    here = sizes.index(c.outlier)
    x, y = swept.x[0], swept.y[here, 0]
    path = [Line(line.slope[here, 0], line.intercept[here, 0]) for line in swept.path]
    says = torch.stack([predicted(line, x) for line in path])  # (T, N)
    last = Line(swept.path[-1].slope[here], swept.path[-1].intercept[here])
    return RegressionLineResult(
        controls=c,
        x=x,
        y=y,
        path=path,
        loss=LOSSES[c.loss](says, y.expand_as(says)),
        best=least_squares(x, y),
        slopes=last.slope,
        below=(swept.y[here] < predicted(last, swept.x)).double().mean(dim=1),
        sizes=list(sizes),
        shift=shift_of(swept, sizes),
        shift_absolute=shift_of(absolute, sizes),
        gradient_error=gradient_error(path[0], x, y),
        parameters=2,
    )


def gradient_error(line: Line, x: Tensor, y: Tensor) -> float:
    """The largest difference of the closed form and autograd."""
    tracked = Line(*(value.clone().requires_grad_() for value in line))
    by_autograd = torch.autograd.grad(mean_squared_error(predicted(tracked, x), y), tracked)
    closed = gradient(line, x, y)
    return max((ours - theirs).abs().item() for ours, theirs in zip(closed, by_autograd, strict=True))


def measure(result: RegressionLineResult) -> Measurements:
    line, middle = result.path[-1], result.sizes.index(MIDDLE)
    return {
        "fitted_slope": line.slope.item(),
        "fitted_intercept": line.intercept.item(),
        "slope_error_share": ((result.slopes - SLOPE).abs().mean() / SLOPE).item(),
        "loss_at_the_start": result.loss[0].item(),
        "loss_at_the_end": result.loss[-1].item(),
        "distance_from_least_squares": (line.slope - result.best.slope).abs().item(),
        "points_below_share": result.below.mean().item(),
        "slope_shift": result.shift[result.sizes.index(result.controls.outlier)].item(),
        "slope_shift_by_10": result.shift[middle].item(),
        "slope_shift_by_20": result.shift[-1].item(),
        "slope_shift_by_10_absolute_error": result.shift_absolute[middle].item(),
        "gradient_error": result.gradient_error,
    }
