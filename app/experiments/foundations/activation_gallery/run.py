"""Eight digit networks, one per activation function, and what each answers when it is given another function."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.foundations.activation_forms import FORMS, Form, Name, Phi, phi
from app.experiments.foundations.activation_inputs import flat_share, shares_by_bin
from app.experiments.foundations.digit_networks import Learnt, Plan, accuracy, digit_pixels, parameters_of, trained
from app.experiments.live_training import Progress
from models.layers.activations import gelu_tanh
from models.layers.digit_mlp import DigitMLP, MLPTrace

Given = Literal[
    "sigmoid", "tanh", "ReLU", "leaky ReLU", "ELU", "GELU", "SiLU", "Mish", "GELU, tanh form", "absolute value",
    "mirrored ReLU",
]  # fmt: skip


def mirrored_relu(z: Tensor) -> Tensor:
    """min(z, 0): the other half of the line."""
    return z.clamp(max=0)


def absolute(z: Tensor) -> Tensor:
    """|z|: ReLU on the right, and its mirror image on the left."""
    return z.abs()


OTHERS = {
    "GELU, tanh form": Phi(Form(gelu_tanh)),
    "absolute value": Phi(Form(absolute)),
    "mirrored ReLU": Phi(Form(mirrored_relu)),
}
TRAINED = {name: phi(name) for name in FORMS}
GIVEN = TRAINED | OTHERS


class GalleryControls(Controls):
    trained: Name = Field("GELU", title="Trained with")
    given: Given = Field("ReLU", title="Given after training", description="No weight is changed")
    depth: int = Field(3, ge=1, le=6, title="Hidden layers")
    steps: int = Field(300, ge=50, le=800, multiple_of=50, title="Training steps")


class Look(NamedTuple):
    """The eight networks at one step."""

    model: DigitMLP
    accuracy: Tensor  # (R,) of the held-out digits


class GalleryResult(NamedTuple):
    controls: GalleryControls
    progress: Progress[Look]
    trace: MLPTrace  # of the held-out digits
    changed: dict[str, Tensor]  # given function → (R,) share of the held-out predictions that it changes
    parameters: int  # of one network


def evaluate(state: Learnt) -> Look:
    device = state.model.W[0].device.type
    return Look(state.model, accuracy(state.model, digit_pixels(device)[1]))


@torch.no_grad()
def predictions(model: DigitMLP, x: Tensor, given: Phi | None = None) -> Tensor:
    """Digits named by networks with their own weights, and another function if one is given: (R, B)"""
    return (model.given(given) if given else model)(x)[0].argmax(-1)


def run(controls: GalleryControls, device: str) -> Iterator[GalleryResult]:
    plan = Plan(tuple(TRAINED.values()), controls.seed, depth=controls.depth, steps=controls.steps)
    x = digit_pixels(device)[1].pixels
    for progress in trained(plan, evaluate, device):
        model = progress.newest.model
        with torch.no_grad():
            _, trace = model(x)
        own = predictions(model, x)
        changed = {name: (predictions(model, x, given) != own).float().mean(-1) for name, given in GIVEN.items()}
        yield GalleryResult(controls, progress, trace, changed, parameters_of(model))


def table(result: GalleryResult) -> np.ndarray:
    """(trained, given) share of the held-out predictions that change."""
    return torch.stack(list(result.changed.values()), dim=1).numpy()


def measure(result: GalleryResult) -> Measurements:
    own = list(TRAINED).index(result.controls.trained)
    accuracies = result.progress.newest.accuracy
    return {
        "predictions_changed_share": result.changed[result.controls.given][own].item(),
        "changed_by_mirrored_relu_share": result.changed["mirrored ReLU"][own].item(),
        "held_out_accuracy": accuracies[own].item(),
        "lowest_held_out_accuracy": accuracies.min().item(),
        "highest_held_out_accuracy": accuracies.max().item(),
        "flat_inputs_share": flat_share(result.trace.z, own, TRAINED[result.controls.trained]),
    }


def shares(result: GalleryResult, name: str) -> np.ndarray:
    """(bins,) of one network's pre-activations."""
    return shares_by_bin(result.trace.z, list(TRAINED).index(name))
