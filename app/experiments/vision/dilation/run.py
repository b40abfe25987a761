"""What stacked dilated convolutions read, and which distances a network with them learns to read."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from app.experiments.base import Controls, Measurements
from app.experiments.live_training import Progress, training
from models.convolution.dilated import DilatedStack, field_side, paths
from models.data.signs_at_a_distance import signs, to_the_right
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

DISTANCES = 9
"""0 to 8: the last lies beyond the widest field."""

WITHIN = slice(1, 7)
"""Distances inside the field of rates 2, 2, 2."""

HEIGHT, WIDTH, BATCH, STEPS, SNAPSHOTS = 10, 24, 8, 240, 8
ORDINARY = (1, 1, 1)


class DilationControls(Controls):
    rates: Literal["1, 2, 4", "4, 2, 1", "2, 2, 2", "1, 1, 1", "1, 2, 2"] = Field(
        "1, 2, 4", title="Rates of the three layers", description="Pixels from one kernel cell to the next"
    )
    steps: int = Field(STEPS, ge=40, le=480, multiple_of=40, title="Training steps")

    @property
    def each(self) -> tuple[int, ...]:
        return tuple(map(int, self.rates.split(",")))


class Reading(NamedTuple):
    """Accuracy on held-out images for each distance."""

    yours: Tensor  # (R,)
    ordinary: Tensor  # (R,)


class DilationResult(NamedTuple):
    controls: DilationControls
    paths: list[Tensor]  # (F, F) after 0 … 3 layers
    progress: Progress[Reading]
    parameters: int


class Learner:
    """Adam on one stack; each pixel must name the signs to its right."""

    def __init__(self, rates: tuple[int, ...], steps: int, seed: int, device: str) -> None:
        self.model = seeded(lambda: DilatedStack(rates, DISTANCES), seed, device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), 1e-2, fused=True)
        self.decay = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, 0.1, steps)

    def logits(self, x: Tensor) -> Tensor:
        found: Tensor = self.model(x)[0]
        return found[..., : x.shape[-1] - DISTANCES + 1]

    def step(self, x: Tensor) -> None:
        self.optimizer.zero_grad()
        binary_cross_entropy_with_logits(self.logits(x), to_the_right(x, DISTANCES)).backward()
        self.optimizer.step()
        self.decay.step()

    @torch.no_grad()
    def accuracy(self, x: Tensor) -> Tensor:
        right = (self.logits(x) > 0) == (to_the_right(x, DISTANCES) > 0)
        return right.float().mean(dim=(0, 2, 3))


def run(controls: DilationControls, device: str) -> Iterator[DilationResult]:
    c = controls
    yours, ordinary = (Learner(rates, c.steps, c.seed, device) for rates in (c.each, ORDINARY))
    draws = generator(c.seed)
    held_out = signs(16, HEIGHT, WIDTH, generator(c.seed + 1)).to(device)

    def step() -> None:
        x = signs(BATCH, HEIGHT, WIDTH, draws).to(device)
        yours.step(x)
        ordinary.step(x)

    def evaluate() -> Reading:
        return Reading(yours.accuracy(held_out), ordinary.accuracy(held_out))

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        yield DilationResult(c, paths(c.each), progress, parameter_count(yours.model))


def measure(result: DilationResult) -> Measurements:
    newest, read = result.progress.newest, result.paths[-1] > 0
    return {
        "field_side": field_side(result.controls.each),
        "pixels_read": int(read.sum()),
        "read_share": read.float().mean().item(),
        "lowest_accuracy_within_6": newest.yours[WITHIN].min().item(),
        "accuracy_at_5": newest.yours[5].item(),
        "accuracy_at_8": newest.yours[8].item(),
        "ordinary_accuracy_at_5": newest.ordinary[5].item(),
        "distances_learned": int((newest.yours[1:] > 0.9).sum()),
        "ordinary_distances_learned": int((newest.ordinary[1:] > 0.9).sum()),
    }
