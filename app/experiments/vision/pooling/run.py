"""Two heads on the same convolutions, one flattened and one pooled over whole maps, tested on moved digits."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing
from app.experiments.live_training import Progress, training
from app.experiments.vision.moved_digits import SHIFTS, accuracies, drawing_on_canvas, step_of_each
from models.convolution.digit_stack import DigitStack
from models.convolution.digit_training import DigitTraining, canvas, on_canvas
from models.convolution.pooling import (
    FlattenedHead,
    GlobalAverageHead,
    GlobalMaxHead,
    Head,
    MiddleCellHead,
    average_pool,
    max_pool,
    top_left,
)
from models.data.digits import digits
from models.parameter_count import parameter_count
from models.seeding import seeded

STEPS, SNAPSHOTS, CHANNELS = 200, 4, 6
HEADS: dict[str, type[Head]] = {
    "global maximum": GlobalMaxHead,
    "global average": GlobalAverageHead,
    "one cell, nothing pooled": MiddleCellHead,
}
POOLS = {"maximum": max_pool, "average": average_pool, "top left pixel": top_left}


class PoolingControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
    window: Literal["maximum", "average", "top left pixel"] = Field("maximum", title="Kept of each 2×2 window")
    head: Literal["global maximum", "global average", "one cell, nothing pooled"] = Field(
        "global maximum", title="Head that is compared"
    )


class Moved(NamedTuple):
    """Accuracy on held-out digits moved by 0, 1 and 2 pixels."""

    flattened: list[float]
    pooled: list[float]


class PoolingResult(NamedTuple):
    controls: PoolingControls
    images: list[Tensor]  # (1, 1, 12, 12) each: the digit moved right by 0, 1 and 2 pixels
    pooled: list[Tensor]  # (1, 1, 6, 6) each
    changed: Tensor  # (2,) share of the pixels’ and of the pooled numbers’ squares that a shift by 1 changes, held out
    progress: Progress[Moved]
    parameters: int
    flattened_parameters: int


def share_changed(before: Tensor, after: Tensor) -> Tensor:
    """Σ (after − before)² / Σ before²"""
    return (after - before).square().sum() / before.square().sum().clamp_min(1e-9)


def run(controls: PoolingControls, device: str) -> Iterator[PoolingResult]:
    learned, held_out = on_canvas(device)

    def stack(head: type[Head], cells: int) -> DigitStack:
        last, channels = 4 * CHANNELS, CHANNELS
        return seeded(
            lambda: DigitStack(
                lambda: nn.Conv2d(2 * channels, last, 3, padding=1), lambda: head(last * cells), channels
            ),
            controls.seed,
            device,
        )

    flattened, pooled = stack(FlattenedHead, 36), stack(HEADS[controls.head], 1)
    both = [DigitTraining(model, learned, controls.seed, steps=STEPS) for model in (flattened, pooled)]
    pool = POOLS[controls.window]
    drawn = drawing_on_canvas(controls.drawing, device)
    images = [drawn.roll(by, -1) for by in SHIFTS]
    many = canvas(digits()[1].images).to(device)
    one_right = many.roll(1, -1)
    changed = torch.stack([share_changed(many, one_right), share_changed(pool(many), pool(one_right))])

    def evaluate() -> Moved:
        return Moved(*(accuracies(model, held_out) for model in (flattened, pooled)))

    for progress in training(step_of_each(both), evaluate, STEPS, SNAPSHOTS):
        yield PoolingResult(
            controls, images, [pool(one) for one in images], changed, progress, parameter_count(pooled),
            parameter_count(flattened),
        )  # fmt: skip


def measure(result: PoolingResult) -> Measurements:
    newest = result.progress.newest
    return {
        "accuracy": newest.pooled[0],
        "accuracy_moved_by_1": newest.pooled[1],
        "accuracy_moved_by_2": newest.pooled[2],
        "flattened_accuracy": newest.flattened[0],
        "flattened_accuracy_moved_by_1": newest.flattened[1],
        "flattened_accuracy_moved_by_2": newest.flattened[2],
        "lead_moved_by_2": newest.pooled[2] - newest.flattened[2],
        "pixels_changed_share": result.changed[0].item(),
        "pooled_changed_share": result.changed[1].item(),
        "pooled_changed_over_pixels_changed": (result.changed[1] / result.changed[0]).item(),
        "drawing_changed_by_1_share": share_changed(result.pooled[0], result.pooled[1]).item(),
        "drawing_changed_by_2_and_a_cell_share": share_changed(result.pooled[0].roll(1, -1), result.pooled[2]).item(),
    }
