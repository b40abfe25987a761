"""A generator learns to make the weights of a small network, for sines of several frequencies at once."""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.approximation.hypernetwork import (
    Hypernetwork,
    TaskAsInput,
    default_start,
    main_network,
    parted,
    scaled_start,
    scaled_uniform_start,
)
from models.parameter_count import parameter_count

LOWEST, HIGHEST = 1.0, 3.0
"""Frequencies: periods of the sine between −1 and 1."""

POINTS, WIDTH, INPUT_WIDTH = 41, 32, 38
"""Inputs between −1 and 1; hidden units of the generator, and of the perceptron that takes the task as input."""

FRAMES, SNAPSHOTS, RATE = 25, 12, 0.01
STARTS = {"scaled": scaled_start, "default": default_start, "scaled, uniform": scaled_uniform_start}
STEPS_OF_ORDER = {3: 2, 5: 2, 9: 4, 17: 7}
"""In the other order, the task after task i has the number of task i + so many, counted round."""


class HypernetworkControls(Controls):
    numbers: Literal["in order", "rescaled", "in another order"] = Field(
        "in order", title="Task numbers", description="The number that the generator is given for each frequency"
    )
    tasks: Literal[3, 5, 9, 17] = Field(9, title="Trained tasks")
    units: Literal[4, 8, 16] = Field(16, title="Units of the main network")
    start: Literal["scaled", "default", "scaled, uniform"] = Field(
        "scaled", title="Generator’s start", description="Scaled: for the weights that it generates"
    )
    steps: int = Field(800, ge=100, le=1600, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """Errors at one step, root mean square."""

    trained: float  # over the trained tasks
    between: float  # over the tasks between them
    input_trained: float  # of the perceptron that takes the task as input
    input_between: float


class HypernetworkResult(NamedTuple):
    controls: HypernetworkControls
    progress: Progress[Snapshot]
    frequencies: Tensor  # (F,) of the frames
    given: Tensor  # (F,) their task numbers
    x: Tensor  # (P,)
    weights: Tensor  # (F, n) generated
    outputs: Tensor  # (F, P)
    input_outputs: Tensor  # (F, P) of the perceptron
    trained: Tensor  # (K,) frequencies of the trained tasks
    start_scale: float  # standard deviation of the generated input weights before training
    parameters: int
    input_parameters: int


def frequencies(count: int) -> Tensor:
    return torch.linspace(LOWEST, HIGHEST, count)  # (K,)


def sines(frequency: Tensor, x: Tensor) -> Tensor:
    """sin(π f x) for every frequency.  (K,), (P,) → (K, P)"""
    return torch.sin(math.pi * frequency[:, None] * x)


def task_numbers(controls: HypernetworkControls, frequency: Tensor) -> Tensor:
    """What the generator is told of each trained frequency (K,), in the order of the frequencies."""
    centred = frequency - (LOWEST + HIGHEST) / 2
    if controls.numbers == "rescaled":
        return 2 * centred + 1
    if controls.numbers == "in another order":
        count = len(frequency)
        return centred[torch.arange(count) * STEPS_OF_ORDER[count] % count]
    return centred


def number_at(controls: HypernetworkControls, frequency: Tensor) -> Tensor:
    """The number of any frequency: that of a trained one, and between two of them the mean by distance.  (F,)"""
    trained = frequencies(controls.tasks)
    known = task_numbers(controls, trained)
    place = (frequency - LOWEST) / (HIGHEST - LOWEST) * (controls.tasks - 1)  # (F,)
    left = place.floor().long().clamp(max=controls.tasks - 2)
    share = place - left
    return (1 - share) * known[left] + share * known[left + 1]


def root_mean_square(difference: Tensor) -> float:
    return difference.square().mean().sqrt().item()


def run(controls: HypernetworkControls, device: str) -> Iterator[HypernetworkResult]:
    """On the CPU whatever the device: 1 681 parameters keep no other one busy."""
    x, trained = torch.linspace(-1, 1, POINTS), frequencies(controls.tasks)
    between = (trained[1:] + trained[:-1]) / 2
    z, z_between, targets = task_numbers(controls, trained), number_at(controls, between), sines(trained, x)
    model = Hypernetwork(controls.units, WIDTH, controls.seed, STARTS[controls.start])
    other = TaskAsInput(INPUT_WIDTH, controls.seed)
    models: list[nn.Module] = [model, other]
    optimizers = [torch.optim.Adam(one.parameters(), RATE, fused=True) for one in models]
    schedules = [torch.optim.lr_scheduler.CosineAnnealingLR(one, controls.steps) for one in optimizers]
    with torch.no_grad():
        start_scale = parted(model.weights(z))[0].std().item()

    def step() -> None:
        for one, optimizer, schedule in zip(models, optimizers, schedules):
            loss = (one(z, x)[0] - targets).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()

    @torch.no_grad()
    def evaluate() -> Snapshot:
        errors = [
            [root_mean_square(one(given, x)[0] - sines(f, x)) for given, f in ((z, trained), (z_between, between))]
            for one in models
        ]
        return Snapshot(*errors[0], *errors[1])

    shown = frequencies(FRAMES)
    given = number_at(controls, shown)

    @torch.no_grad()
    def shown_after(progress: Progress[Snapshot]) -> HypernetworkResult:
        weights = model.weights(given)
        return HypernetworkResult(
            controls, progress, shown, given, x, weights, main_network(x, weights), other(given, x)[0], trained,
            start_scale, parameter_count(model), parameter_count(other),
        )  # fmt: skip

    yield from map(shown_after, training(step, evaluate, controls.steps, SNAPSHOTS))


def measure(result: HypernetworkResult) -> Measurements:
    newest = result.progress.newest
    a, b, v, _ = parted(result.weights)
    moved = [(part[-1] - part[0]).norm().item() / part.norm(dim=-1).mean().item() for part in (a, b, v)]
    main = result.weights.shape[-1]
    return {
        "trained_error": newest.trained,
        "between_error": newest.between,
        "between_over_trained": newest.between / newest.trained,
        "input_trained_error": newest.input_trained,
        "input_between_error": newest.input_between,
        "early_error": result.progress.snapshots[min(1, len(result.progress.snapshots) - 1)].trained,
        "start_over_end_scale": result.start_scale / a.std().item(),
        "input_weights_move": moved[0],
        "output_weights_move": moved[2],
        "input_over_output_move": moved[0] / moved[2],
        "generator_parameters": result.parameters,
        "main_network_parameters": main,
        "separate_parameters": main * result.controls.tasks,
        "input_network_parameters": result.input_parameters,
    }
