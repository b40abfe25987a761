"""A network learns to predict noise, and its loss at every step is set beside the exact one that none goes below."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.known_mixture import (
    ALPHA_BAR,
    PARTS,
    Clock,
    Lesson,
    T,
    Target,
    Weighting,
    course,
    mixture_of,
    noise_at,
)
from app.experiments.live_training import PAUSE_SECONDS
from app.experiments.memo import memo
from models.generative.diffusion import q_sample
from models.generative.mixtures import noise_mean, sample
from models.generative.noise_network import noise_loss
from models.parameter_count import parameter_count
from models.seeding import generator

STEPS_TESTED = (1, 2, 3, 5, 7, 10, 14, 20, 28, 40, 56, 75, 100)
TEST_POINTS = 2000
WORLDS = {"ring of eight": 0.0, "two modes": 2.4}
World = Literal["ring of eight", "two modes"]


class NoiseObjectiveControls(Controls):
    data: World = Field("ring of eight", title="Data")
    at: int = Field(5, ge=1, le=T, title="Step t of the dots", json_schema_extra={"log": True})
    clock: Clock = Field("log of signal to noise", title="What the network is told of t")
    weighting: Weighting = Field("equal", title="Weights of the steps in the loss")
    target: Target = Field("the noise that was added", title="What is to be predicted")
    training: Literal[500, 1000, 2000, 4000] = Field(1000, title="Training steps", json_schema_extra=MORE)


class Tested(NamedTuple):
    """Held-out points at the tested steps; their noise, and the best prediction of it that there is."""

    x: Tensor  # (S, N, 2)
    noise: Tensor  # (S, N, 2)
    best: Tensor  # (S, N, 2) E[ε | x_t]


class NoiseObjectiveResult(NamedTuple):
    controls: NoiseObjectiveControls
    part: int  # of the training, done
    taken: list[int]  # training steps at each row of the losses
    excess: Tensor  # (parts + 1, S) squared distance of prediction and best prediction
    floor: Tensor  # (S,) mean squared error of the best prediction
    batch_losses: Tensor  # (steps so far,)
    noise: Tensor  # (N, 2) at the step of the dots
    predicted: Tensor  # (N, 2)
    best: Tensor  # (N, 2)
    parameters: int


def lesson_of(c: NoiseObjectiveControls) -> Lesson:
    return Lesson(WORLDS[c.data], 0.8, c.seed, c.clock, c.weighting, c.target, c.training)


@memo
def tested(apart: float, seed: int, steps: tuple[int, ...]) -> Tested:
    draws, mixture = generator(seed + 3), mixture_of(Lesson(apart, 0.8, seed))
    x0, _ = sample(mixture, TEST_POINTS, draws)  # (N, 2)
    noise = torch.randn(len(steps), TEST_POINTS, 2, generator=draws)  # (S, N, 2)
    levels = ALPHA_BAR[list(steps)].tolist()
    x = torch.stack([q_sample(x0, a, one) for a, one in zip(levels, noise)])  # (S, N, 2)
    return Tested(x, noise, torch.stack([noise_mean(mixture, one, a) for a, one in zip(levels, x)]))


@memo
def excess_of(lesson: Lesson, part: int) -> Tensor:
    """(S,) at the tested steps: ‖ε̂ − E[ε | x_t]‖² / 2, which is the loss less its floor."""
    found, network = tested(lesson.apart, lesson.seed, STEPS_TESTED), course(lesson, part).network
    predicted = torch.stack([noise_at(network, lesson.clock, x, t) for x, t in zip(found.x, STEPS_TESTED)])
    return noise_loss(predicted, found.best).mean(-1)


def run(controls: NoiseObjectiveControls, device: str) -> Iterator[NoiseObjectiveResult]:
    """On the CPU whatever the device: the network has 5,506 weights."""
    lesson = lesson_of(controls)
    given = -PAUSE_SECONDS
    for part in range(PARTS + 1):
        excess_of(lesson, part)
        if part == PARTS or time.perf_counter() - given > PAUSE_SECONDS:
            yield _result(controls, lesson, part)
            given = time.perf_counter()


def _result(controls: NoiseObjectiveControls, lesson: Lesson, part: int) -> NoiseObjectiveResult:
    found, one = (tested(lesson.apart, lesson.seed, steps) for steps in (STEPS_TESTED, (controls.at,)))
    network = course(lesson, part).network
    return NoiseObjectiveResult(
        controls, part, [done * lesson.steps // PARTS for done in range(part + 1)],
        torch.stack([excess_of(lesson, done) for done in range(part + 1)]),
        noise_loss(found.best, found.noise).mean(-1),
        torch.cat([course(lesson, done).losses for done in range(part + 1)]), one.noise[0],
        noise_at(network, lesson.clock, one.x[0], controls.at), one.best[0], parameter_count(network),
    )  # fmt: skip


def measure(result: NoiseObjectiveResult) -> Measurements:
    excess, floor = result.excess[-1], result.floor
    inner = excess[1:-1]
    return {
        "highest_excess": inner.max().item(),
        "step_of_highest_excess": float(STEPS_TESTED[1 + int(inner.argmax())]),
        "excess_at_the_cleanest": excess[0].item(),
        "excess_at_the_noisiest": excess[-1].item(),
        "peak_over_ends": (inner.max() / torch.maximum(excess[0], excess[-1])).item(),
        "mean_excess": excess.mean().item(),
        "mean_floor": floor.mean().item(),
        "floor_at_the_cleanest": floor[0].item(),
        "floor_at_the_noisiest": floor[-1].item(),
        "loss_at_the_dots": noise_loss(result.predicted, result.noise).mean().item(),
        "floor_at_the_dots": noise_loss(result.best, result.noise).mean().item(),
        "modes": len(mixture_of(lesson_of(result.controls)).weights),
    }
