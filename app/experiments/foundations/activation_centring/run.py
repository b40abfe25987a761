"""Hidden units whose outputs lie around zero or on one side of it: where each layer's mean is, and how fast SGD is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.foundations.activation_forms import Phi, phi
from app.experiments.foundations.digit_networks import Learnt, Plan, accuracy, digit_pixels, parameters_of, trained
from app.experiments.live_training import Progress
from models.layers.digit_mlp import MLPTrace

Name = Literal["sigmoid", "tanh", "ReLU", "ELU", "GELU", "SiLU", "Mish"]
Lift = Literal["hidden units", "hidden units, same start", "logits", "nothing"]
RATES = {"SGD": (0.03, 0.1, 0.3, 1.0, 3.0), "Adam": (0.001, 0.003, 0.01, 0.03, 0.1)}
SAME = 1
"""The place among the five rates at which the outputs of both are compared."""
ENOUGH = 0.9
"""The training accuracy that is waited for."""
HELD = 3
"""Measurements in a row at which it must be there: with SGD the accuracy jumps."""


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
        """(2, rates) until ENOUGH is reached and held; infinite where it is not."""
        look = self.progress.newest
        held = (look.accuracies >= ENOUGH).unfold(-1, HELD, 1).all(dim=-1)  # (2, rates, S − HELD + 1)
        reached = torch.cat([held, torch.zeros_like(held[..., : HELD - 1])], dim=-1)
        first = look.steps.to(torch.float32)[reached.to(torch.int8).argmax(dim=-1)]
        return torch.where(reached.any(dim=-1), first, torch.inf)

    @property
    def wrong(self) -> Tensor:
        """(2, rates) share of the training digits named wrongly, the mean over the training."""
        return 1 - self.progress.newest.accuracies.mean(dim=-1)

    @property
    def best(self) -> tuple[int, int]:
        """The rate at which each of the two names fewest digits wrongly during training."""
        own, other = self.wrong.nan_to_num(1.0).argmin(dim=-1).tolist()
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
    """(2, L) of the two networks that were trained at the same rate."""
    each = torch.stack([mean_over_deviation(h) for h in result.progress.newest.trace.h], dim=-1).unflatten(0, (2, -1))
    return each[:, SAME]


def measure(result: CentringResult) -> Measurements:
    (own, other), needed = result.best, result.steps_needed
    mine, theirs = result.wrong[0, own].item(), result.wrong[1, other].item()
    centre = off_centre(result)
    return {
        "wrong_during_training_share": mine,
        "reference_wrong_during_training_share": theirs,
        "reference_wrong_over_own": theirs / mine,
        "steps_to_90_percent": needed[0, own].item(),
        "reference_steps_to_90_percent": needed[1, other].item(),
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
    """What hidden units pass on in two networks trained at the same rate, over all layers and held-out digits."""
    rates = len(RATES[result.controls.optimizer])
    own, other = (torch.cat([h[row].flatten() for h in result.progress.newest.trace.h]) for row in (SAME, rates + SAME))
    return own, other
