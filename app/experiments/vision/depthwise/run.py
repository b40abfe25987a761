"""One layer of a digit network in three forms: standard, separable from the start, and cut from the trained one."""

import copy
from collections.abc import Iterator
from functools import partial
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing
from app.experiments.live_training import Progress, training
from app.experiments.vision.moved_digits import drawing_on_canvas, step_of_each, unmoved
from models.convolution.depthwise_separable import (
    DepthwiseSeparable,
    cut,
    energy_share,
    weights_separable,
    weights_standard,
)
from models.convolution.digit_stack import DigitStack
from models.convolution.digit_training import DigitTraining, accuracy_when_moved, on_canvas
from models.convolution.pooling import GlobalMaxHead
from models.seeding import seeded

STEPS, SNAPSHOTS, MORE_STEPS = 200, 4, 100
INPUTS, OUTPUTS, K = 16, 24, 3
RANKS = K * K


class DepthwiseControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
    layer: Literal["trained from the start", "cut from the trained layer", "cut, then trained further"] = Field(
        "trained from the start", title="Separable layer"
    )
    rank: int = Field(1, ge=1, le=9, title="Kernels per channel", description="1 is the usual layer")


class Accuracies(NamedTuple):
    """On held-out digits."""

    standard: float
    separable: float


class DepthwiseResult(NamedTuple):
    controls: DepthwiseControls
    progress: Progress[Accuracies]
    used: float  # accuracy with the layer of the controls
    cut: list[float]  # accuracy of the trained network with its layer cut to 1 … 9 kernels per channel
    energy: list[float]  # share of the squared weights that these hold
    maps: Tensor  # (1, C, 6, 6) what the layer reads of the drawing
    kernels: Tensor  # (C, 3, 3) of the layer, the first of each channel
    mixture: Tensor  # (O, C)
    parameters: int


def with_layer(network: DigitStack, layer: nn.Module) -> DigitStack:
    """A copy of the network with another last layer."""
    other = copy.deepcopy(network)
    other.last = layer
    return other


def run(controls: DepthwiseControls, device: str) -> Iterator[DepthwiseResult]:
    c = controls
    learned, held_out = on_canvas(device)
    standard, separable = (
        seeded(partial(DigitStack, last, partial(GlobalMaxHead, OUTPUTS)), c.seed, device)
        for last in (
            lambda: nn.Conv2d(INPUTS, OUTPUTS, K, padding=K // 2),
            lambda: DepthwiseSeparable(INPUTS, OUTPUTS, K, c.rank),
        )
    )
    both = [DigitTraining(model, learned, c.seed, steps=STEPS) for model in (standard, separable)]
    image = drawing_on_canvas(c.drawing, device)

    def accuracy(model: nn.Module) -> float:
        return accuracy_when_moved(model, held_out, 0, unmoved)

    def evaluate() -> Accuracies:
        return Accuracies(*(accuracy(one.model) for one in both))

    for progress in training(step_of_each(both), evaluate, STEPS, SNAPSHOTS):
        assert isinstance(standard.last, nn.Conv2d)
        w, parts = standard.last.weight.detach(), range(1, RANKS + 1)
        network = separable if c.layer == "trained from the start" else with_layer(standard, cut(standard.last, c.rank))
        if c.layer == "cut, then trained further" and progress.done:
            further = DigitTraining(network, learned, c.seed + 1, steps=MORE_STEPS)
            for _ in range(MORE_STEPS):
                further.step()
        shown = network.last
        assert isinstance(shown, DepthwiseSeparable)
        with torch.no_grad():
            maps = network(image)[1].second
        yield DepthwiseResult(
            c, progress, accuracy(network),
            [accuracy(with_layer(standard, cut(standard.last, r))) for r in parts] if progress.done else [],
            [energy_share(w, r) for r in parts],
            maps,
            shown.depthwise.weight.detach()[:: c.rank, 0].clone(),
            shown.pointwise.weight.detach()[:, :: c.rank, 0, 0].clone(),
            weights_separable(INPUTS, OUTPUTS, K, c.rank),
        )  # fmt: skip


def measure(result: DepthwiseResult) -> Measurements:
    newest, rank = result.progress.newest, result.controls.rank
    separable = weights_separable(INPUTS, OUTPUTS, K, rank)
    return {
        "accuracy": result.used,
        "standard_accuracy": newest.standard,
        "accuracy_lost": newest.standard - result.used,
        "energy_share": result.energy[rank - 1],
        "weights": separable,
        "standard_weights": weights_standard(INPUTS, OUTPUTS, K),
        "weights_share": separable / weights_standard(INPUTS, OUTPUTS, K),
    }
