"""Hidden units whose outputs lie around zero or on one side of it: where each layer's mean is, and how fast SGD is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.foundations.digit_networks import (
    Learnt,
    Phi,
    Plan,
    accuracy,
    digit_pixels,
    parameters_of,
    phi,
    trained,
)
from app.experiments.live_training import Progress
from models.layers.digit_mlp import MLPTrace

Name = Literal["sigmoid", "tanh", "ReLU", "ELU", "GELU", "SiLU", "Mish"]
Lift = Literal["hidden units", "hidden units, same start", "logits", "nothing"]
RATES = {"SGD": (0.03, 0.1, 0.3, 1.0, 3.0), "Adam": (0.001, 0.003, 0.01, 0.03, 0.1)}
ENOUGH = 0.9
"""The training accuracy that is waited for."""


class CentringControls(Controls):
    trained: Name = Field("tanh", title="Activation function")
    reference: Literal["lifted by 1", "ReLU"] = Field("lifted by 1", title="Compared with")
    lift: Lift = Field("hidden units", title="The 1 is added to", description="In the lifted network")
    alpha: float = Field(1.0, ge=0.1, le=4, multiple_of=0.1, title="α of ELU")
    optimizer: Literal["SGD", "Adam"] = Field("SGD", title="Optimizer", description="Each at the best of five rates")
    steps: int = Field(300, ge=100, le=600, multiple_of=50, title="Training steps", json_schema_extra=MORE)


@dataclass(frozen=True)
class Lifted:
    """φ(z) + 1: the same curve, higher."""

    function: Phi

    def __call__(self, z: Tensor) -> Tensor:
        return self.function(z) + 1


class Look(NamedTuple):
    """Networks at five rates with one function, then five with the other, at one step."""

    steps: Tensor  # (S,)
    accuracies: Tensor  # (2, rates, S) of the training digits
    held_out: Tensor  # (2, rates)
    trace: MLPTrace  # of the held-out digits


class CentringResult(NamedTuple):
    controls: CentringControls
    progress: Progress[Look]
    parameters: int  # of one network

    @property
    def steps_needed(self) -> Tensor:
        """(2, rates) until ENOUGH is reached; infinite where it is not."""
        look = self.progress.newest
        reached = look.accuracies >= ENOUGH
        first = look.steps.to(torch.float32)[reached.to(torch.int8).argmax(dim=-1)]
        return torch.where(reached.any(dim=-1), first, torch.inf)

    @property
    def best(self) -> tuple[int, int]:
        """The rate at which each of the two needs fewest steps; if none suffices, that of the highest accuracy."""
        last = self.progress.newest.accuracies[:, :, -1]
        order = torch.where(self.steps_needed.isfinite(), 10 - self.steps_needed / 1e4, last)
        own, other = order.argmax(dim=-1).tolist()
        return own, other


def functions(controls: CentringControls) -> tuple[Phi, Phi | Lifted]:
    """The function of the page, and what it is compared with."""
    own = phi("ELU", controls.alpha) if controls.trained == "ELU" else phi(controls.trained)
    if controls.reference == "ReLU":
        return own, phi("ReLU")
    return own, Lifted(own) if controls.lift.startswith("hidden") else own


def evaluate(state: Learnt) -> Look:
    held_out = digit_pixels(state.model.W[0].device.type)[1]
    steps, accuracies = state.learning_curve()
    with torch.no_grad():
        _, trace = state.model(held_out.pixels)
    return Look(steps, accuracies.unflatten(0, (2, -1)), accuracy(state.model, held_out).unflatten(0, (2, -1)), trace)


def run(controls: CentringControls, device: str) -> Iterator[CentringResult]:
    rates = RATES[controls.optimizer]
    own, other = functions(controls)
    raised = 1.0 if controls.reference == "lifted by 1" and controls.lift == "hidden units, same start" else 0.0
    plan = Plan(
        (own,) * len(rates) + (other,) * len(rates), controls.seed, steps=controls.steps, rates=rates * 2,
        optimizer=controls.optimizer, batch=64, compensated=(0.0,) * len(rates) + (raised,) * len(rates),
    )  # fmt: skip
    parameters = parameters_of(plan.start("cpu"))
    for progress in trained(plan, evaluate, device):
        yield CentringResult(controls, progress, parameters)


def mean_over_deviation(h: Tensor) -> Tensor:
    """|mean| / standard deviation over all digits and units of a layer: (R, B, F) → (R,)"""
    return h.mean(dim=(1, 2)).abs() / h.std(dim=(1, 2)).clamp_min(1e-9)


def off_centre(result: CentringResult) -> Tensor:
    """(2, L) of the better network of each function."""
    each = torch.stack([mean_over_deviation(h) for h in result.progress.newest.trace.h], dim=-1).unflatten(0, (2, -1))
    return torch.stack([each[row, rate] for row, rate in enumerate(result.best)])


def measure(result: CentringResult) -> Measurements:
    (own, other), needed = result.best, result.steps_needed
    mine, theirs = needed[0, own].item(), needed[1, other].item()
    centre = off_centre(result)
    return {
        "steps_to_90_percent": mine,
        "reference_steps_to_90_percent": theirs,
        "reference_steps_over_own": theirs / mine if np.isfinite(mine) else np.nan,
        "mean_over_deviation": centre[0].mean().item(),
        "reference_mean_over_deviation": centre[1].mean().item(),
        "mean_over_that_of_reference": (centre[0].mean() / centre[1].mean()).item(),
        "largest_layer_mean_over_that_of_reference": (centre[0] / centre[1]).max().item(),
        "best_rate": RATES[result.controls.optimizer][own],
        "reference_best_rate": RATES[result.controls.optimizer][other],
        "held_out_accuracy": result.progress.newest.held_out[0, own].item(),
        "reference_held_out_accuracy": result.progress.newest.held_out[1, other].item(),
    }


def outputs(result: CentringResult) -> tuple[Tensor, Tensor]:
    """What the hidden units of the better network of each function pass on, over all layers and held-out digits."""
    own, other = result.best
    rates = len(RATES[result.controls.optimizer])
    h = result.progress.newest.trace.h
    return torch.cat([layer[own].flatten() for layer in h]), torch.cat([layer[rates + other].flatten() for layer in h])
