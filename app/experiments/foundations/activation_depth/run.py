"""A deep digit network of sigmoids beside one of tanh: how fast each learns, and what gradient reaches each layer."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.foundations.activation_forms import Name, phi
from app.experiments.foundations.activation_inputs import flat_share
from app.experiments.foundations.digit_networks import (
    Learnt,
    Plan,
    accuracy,
    digit_pixels,
    gradients,
    parameters_of,
    trained,
)
from app.experiments.live_training import Progress
from models.layers.digit_mlp import MLPTrace


class DepthControls(Controls):
    trained: Name = Field("sigmoid", title="Activation function")
    depth: int = Field(8, ge=1, le=10, title="Hidden layers")
    gain: float = Field(
        1.0,
        ge=0.5,
        le=6,
        multiple_of=0.5,
        title="Hidden start weights ×",
        description="1: 1/√(inputs of a unit)",
    )
    last_gain: float = Field(1.0, ge=0.5, le=6, multiple_of=0.5, title="Output start weights ×")
    steps: int = Field(400, ge=100, le=1600, multiple_of=100, title="Training steps")
    reference: Name = Field("tanh", title="Compared with")


class Look(NamedTuple):
    """Both networks at one step."""

    steps: Tensor  # (S,)
    accuracies: Tensor  # (R, S) of the training digits
    held_out: Tensor  # (R,)
    gradient: Tensor  # (R, L + 1) root mean square over the weights of a layer
    trace: MLPTrace  # of the held-out digits


class DepthResult(NamedTuple):
    controls: DepthControls
    progress: Progress[Look]
    parameters: int  # of one network


def evaluate(state: Learnt) -> Look:
    learn, held_out = digit_pixels(state.model.W[0].device.type)
    steps, accuracies = state.learning_curve()
    with torch.no_grad():
        _, trace = state.model(held_out.pixels)
    weights = gradients(state.model, learn)[: len(state.model.W)]
    size = torch.stack([gradient.square().mean(dim=(1, 2)).sqrt() for gradient in weights], dim=1)  # (R, L + 1)
    return Look(steps, accuracies, accuracy(state.model, held_out), size, trace)


def run(controls: DepthControls, device: str) -> Iterator[DepthResult]:
    plan = Plan(
        (phi(controls.trained), phi(controls.reference)), controls.seed, depth=controls.depth, steps=controls.steps,
        gains=(controls.gain,), last_gain=controls.last_gain,
    )  # fmt: skip
    parameters = parameters_of(plan.start("cpu"))
    for progress in trained(plan, evaluate, device):
        yield DepthResult(controls, progress, parameters)


def measure(result: DepthResult) -> Measurements:
    start, now = result.progress.snapshots[0], result.progress.newest
    own = phi(result.controls.trained)
    used = torch.cat([z[0].flatten() for z in start.trace.z])
    return {
        "training_accuracy": now.accuracies[0, -1].item(),
        "reference_training_accuracy": now.accuracies[1, -1].item(),
        "held_out_accuracy": now.held_out[0].item(),
        "gradient_first_over_last": (start.gradient[0, 0] / start.gradient[0, -1]).item(),
        "reference_gradient_first_over_last": (start.gradient[1, 0] / start.gradient[1, -1]).item(),
        "mean_slope_at_the_start": own.slope(used).mean().item(),
        "largest_slope": own.slope(torch.linspace(-6, 6, 1201)).max().item(),
        "flat_inputs_share": flat_share(now.trace.z, 0, own),
    }
