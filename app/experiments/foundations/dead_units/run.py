"""Hidden units that no training digit switches on: how they come about under ReLU, and whether they learn again."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.foundations.activation_forms import Form, Phi, phi
from app.experiments.foundations.activation_inputs import shares_by_bin
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

Name = Literal["ReLU", "leaky ReLU", "constant when off", "ELU"]
OFF_VALUE = -0.1
EDGES = np.linspace(-12, 6, 73)
"""Wide enough for pre-activations about the lowest bias."""


class DeadUnitsControls(Controls):
    trained: Name = Field("ReLU", title="Activation function")
    alpha: float = Field(0.1, ge=0, le=2, multiple_of=0.05, title="α, slope when off", description="Of leaky ReLU")
    rate: float = Field(0.1, ge=0.05, le=2, multiple_of=0.05, title="Learning rate", description="Of SGD")
    later_rate: float = Field(
        0.0, ge=0, le=2, multiple_of=0.05, title="Rate of the second half", description="0: as in the first"
    )
    steps: int = Field(300, ge=60, le=1200, multiple_of=60, title="Training steps")
    first_bias: float = Field(
        0.0,
        ge=-8,
        le=2,
        multiple_of=1,
        title="Layer 1’s first bias",
        description="At −8 all its units start off",
    )
    optimizer: Literal["SGD", "Adam"] = Field("SGD", title="Optimizer", json_schema_extra=MORE)


def constant_when_off(z: Tensor) -> Tensor:
    """z for z > 0, else −0.1: an output below zero, without a slope."""
    return torch.where(z > 0, z, OFF_VALUE)


class Look(NamedTuple):
    """The network at one step, on all training digits."""

    on: Tensor  # (L, F) share of the digits that switch each unit on
    learns: Tensor  # (L, F) whether any weight into the unit has a gradient
    accuracy: float
    held_out: float
    curve: tuple[Tensor, Tensor]  # steps and training accuracies so far
    shares: np.ndarray  # (bins,) of the pre-activations of the first hidden layer


class DeadUnitsResult(NamedTuple):
    controls: DeadUnitsControls
    progress: Progress[Look]
    parameters: int

    @property
    def on(self) -> Tensor:
        """(S, L, F) at every step that was looked at."""
        return torch.stack([look.on for look in self.progress.snapshots])


def function_of(controls: DeadUnitsControls) -> Phi:
    if controls.trained == "constant when off":
        return Phi(Form(constant_when_off))
    return phi("leaky ReLU", controls.alpha) if controls.trained == "leaky ReLU" else phi(controls.trained)


def evaluate(state: Learnt) -> Look:
    learn, held_out = digit_pixels(state.model.W[0].device.type)
    with torch.no_grad():
        _, trace = state.model(learn.pixels)
    on = torch.stack([(z[0] > 0).float().mean(dim=0) for z in trace.z])
    into = gradients(state.model, learn)[: len(trace.z)]
    learns = torch.stack([(gradient[0] != 0).any(dim=0) for gradient in into])
    steps, accuracies = state.learning_curve()
    return Look(
        on, learns, accuracies[0, -1].item(), accuracy(state.model, held_out).item(), (steps, accuracies[0]),
        shares_by_bin(trace.z[:1], 0, EDGES),
    )  # fmt: skip


def run(controls: DeadUnitsControls, device: str) -> Iterator[DeadUnitsResult]:
    adam = controls.optimizer == "Adam"
    plan = Plan(
        (function_of(controls),), controls.seed, steps=controls.steps, rates=(0.003 if adam else controls.rate,),
        optimizer=controls.optimizer, batch=64 if adam else 32, first_bias=controls.first_bias,
        later_rate=controls.later_rate, change_at=controls.steps // 2,
    )  # fmt: skip
    parameters = parameters_of(plan.start("cpu"))
    for progress in trained(plan, evaluate, device):
        yield DeadUnitsResult(controls, progress, parameters)


def measure(result: DeadUnitsResult) -> Measurements:
    look, on = result.progress.newest, result.on
    dead = on == 0  # (S, L, F)
    middle = dead[len(dead) // 2]
    back = (middle & ~dead[-1]).sum(dim=-1)  # (L,)
    died = middle.sum(dim=-1)
    return {
        "dead_units_share": dead[-1].float().mean().item(),
        "dead_units": int(dead[-1].sum()),
        "dead_units_of_layer_1": int(dead[-1, 0].sum()),
        "dead_units_at_half_time": int(died.sum()),
        "returned_units_of_layer_1": int(back[0]),
        "returned_units_of_later_layers": int(back[1:].sum()),
        "units_without_gradient_share": (~look.learns).float().mean().item(),
        "training_accuracy": look.accuracy,
        "held_out_accuracy": look.held_out,
        "layer_1_units_on_share": (on[-1, 0] > 0).float().mean().item(),
    }
