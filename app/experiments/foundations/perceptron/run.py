"""Perceptrons on points that a line parts, and on the same points with some labels flipped: what each mistake does."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.separable_points import LabelledPoints, flipped, separable
from models.linear.perceptron import Learning, augmented, averaged, error_updated, learn, mean_accuracy, updated

SETS, POINTS, HELD_OUT = 50, 100, 400
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3)
TENTH = SHARES.index(0.1)
SHORT = 5

Labels = Literal["−1 and +1", "0 and 1", "0 and 1, rule for them"]
Averaged = Literal["all points", "the last pass", "the last 5 points"]


class PerceptronControls(Controls):
    flipped: float = Field(0.0, ge=0, le=0.3, multiple_of=0.05, title="Labels flipped", description="Share, at random")
    gap: float = Field(0.1, ge=0, le=1, multiple_of=0.05, title="Gap beside the line", description="On each side")
    passes: int = Field(10, ge=1, le=20, title="Passes over the points")
    labels: Labels = Field("−1 and +1", title="Labels in the rule")
    averaged: Averaged = Field("all points", title="Average over", description="The weights after each of …")
    rate: float = Field(1.0, ge=0.1, le=10, multiple_of=0.1, title="Learning rate η", json_schema_extra=MORE)


class Swept(NamedTuple):
    """Fifty sets at each share of flipped labels: F shares, S sets."""

    shares: list[float]
    learning: Learning  # of F · S sets, the shares one after the other
    accuracy_last: Tensor  # (F,) mean of the sets, on held-out points with their true labels
    accuracy_average: Tensor  # (F,)
    last: Tensor  # (F, S, 3)
    average: Tensor  # (F, S, 3)
    held_out_x: Tensor  # (S, H, 3)
    held_out_y: Tensor  # (S, H)


class PerceptronResult(NamedTuple):
    controls: PerceptronControls
    points: LabelledPoints  # the first set, (1, N, …)
    given: Tensor  # (N,) its labels as they were given, −1 or +1
    path: Tensor  # (U, 3) its weights after each mistake
    missed: Tensor  # (U,) the point of each mistake
    moves: Tensor  # (P,) of the first set, by pass
    swept: Swept
    parameters: int


@memo
def data(gap: float, seed: int) -> LabelledPoints:
    """Fifty sets, the points to learn from before the held-out ones."""
    every = POINTS + HELD_OUT
    return separable(SETS, every, torch.full((SETS, every), gap, dtype=torch.double), seed)


def given_labels(points: LabelledPoints, share: float, seed: int) -> Tensor:
    """The labels to learn from, of which a share is flipped: the same ones and more at a larger share.  (SETS, N)"""
    return flipped(points.y[:, :POINTS], torch.full((SETS,), share), seed)


def taught(y: Tensor, labels: Labels) -> Tensor:
    """The labels as the rule reads them."""
    return y if labels == "−1 and +1" else (y + 1) / 2


@memo
def sweep(
    shares: tuple[float, ...], gap: float, passes: int, labels: Labels, averaged_over: Averaged, rate: float, seed: int
) -> Swept:
    points, count = data(gap, seed), len(shares)
    x = augmented(points.x)
    y = torch.cat([given_labels(points, share, seed) for share in shares])
    rule = error_updated if labels == "0 and 1, rule for them" else updated
    learning = learn(x[:, :POINTS].repeat(count, 1, 1), taught(y, labels), passes, rate, update=rule)
    kept = {"all points": None, "the last pass": POINTS}.get(averaged_over, SHORT)
    weights = learning.weights if kept is None else learning.weights[:, -kept:]
    last, average = (w.unflatten(0, (count, SETS)) for w in (learning.last, averaged(weights)))
    held_out = x[:, POINTS:], points.y[:, POINTS:]
    return Swept(
        list(shares), learning, mean_accuracy(last, *held_out), mean_accuracy(average, *held_out), last, average,
        *held_out,
    )  # fmt: skip


def run(controls: PerceptronControls, device: str) -> PerceptronResult:
    c = controls
    shares = tuple(sorted({*SHARES, c.flipped}))
    swept = sweep(shares, c.gap, c.passes, c.labels, c.averaged, c.rate, c.seed)
    points = data(c.gap, c.seed)
    first = SETS * shares.index(c.flipped)
    changed = swept.learning.changed[first]
    return PerceptronResult(
        controls=c,
        points=LabelledPoints(points.x[:1, :POINTS], points.y[:1, :POINTS], points.line[:1]),
        given=given_labels(points, c.flipped, c.seed)[0],
        path=swept.learning.weights[first, changed],
        missed=changed.nonzero()[:, 0] % POINTS,
        moves=swept.learning.mistakes[first],
        swept=swept,
        parameters=swept.last.shape[-1],
    )


def measure(result: PerceptronResult) -> Measurements:
    swept = result.swept
    here, tenth = swept.shares.index(result.controls.flipped), swept.shares.index(SHARES[TENTH])
    of_here = slice(SETS * here, SETS * (here + 1))
    last, average = swept.accuracy_last, swept.accuracy_average
    return {
        "moves": float(len(result.path)),
        "moves_in_the_first_pass": result.moves[0].item(),
        "moves_in_the_last_pass": result.moves[-1].item(),
        "accuracy_separable_share": last[0].item(),
        "accuracy_last_at_10_share": last[tenth].item(),
        "accuracy_average_at_10_share": average[tenth].item(),
        "average_gain_at_10_share": (average - last)[tenth].item(),
        "mean_moves": swept.learning.changed[of_here].sum(dim=-1).double().mean().item(),
        "mean_moves_in_the_last_pass": swept.learning.mistakes[of_here, -1].double().mean().item(),
    }
