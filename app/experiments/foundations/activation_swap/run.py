"""A digit network is trained with one activation function and then given a near one: what moves, and by how much."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.foundations.activation_inputs import flat_share, shares_by_bin
from app.experiments.foundations.digit_networks import (
    Form,
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
from models.layers.activation_slopes import lowest_point
from models.layers.activations import gelu_tanh, quick_gelu
from models.layers.digit_mlp import DigitMLP, MLPTrace
from models.layers.swish import Swish

Name = Literal["GELU", "GELU, tanh form", "GELU, 1.702 form", "SiLU", "Mish"]
Given = Literal[
    "GELU", "GELU, tanh form", "GELU, 1.702 form", "SiLU", "Mish", "ReLU", "ELU", "flat left of its minimum",
    "flat around zero", "flat at the right",
]  # fmt: skip
Side = Literal["everywhere", "left of zero", "right of zero"]

NEAR: dict[str, Phi] = {
    "GELU": phi("GELU"),
    "GELU, tanh form": Phi(Form(gelu_tanh)),
    "GELU, 1.702 form": Phi(Form(quick_gelu)),
    "SiLU": phi("SiLU"),
    "Mish": phi("Mish"),
    "ReLU": phi("ReLU"),
    "ELU": phi("ELU"),
}
FLATTENED = ("flat left of its minimum", "flat around zero", "flat at the right")
COMPARED: dict[str, tuple[str, ...]] = {
    "GELU": ("GELU, tanh form", "GELU, 1.702 form", "SiLU", "ReLU"),
    "GELU, tanh form": ("GELU", "GELU, 1.702 form", "SiLU", "ReLU"),
    "GELU, 1.702 form": ("GELU", "GELU, tanh form", "SiLU", "ReLU"),
    "SiLU": FLATTENED,
    "Mish": ("GELU", "SiLU", "ReLU", "ELU"),
}
"""What the second figure compares, by the function that the network was trained with."""

RANGE = torch.linspace(-8, 8, 3201)
"""Where the largest gap between two curves is looked for."""


class SwapControls(Controls):
    trained: Name = Field("GELU", title="Trained with")
    given: Given = Field("GELU, tanh form", title="Given after training", description="No weight is changed")
    side: Side = Field("everywhere", title="Swapped where", description="On which side of z = 0")
    beta: float = Field(1.0, ge=0, le=4, multiple_of=0.05, title="β of a given SiLU", description="Sharper when larger")
    learns: Literal["weights", "weights and β"] = Field(
        "weights", title="A network with SiLU learns", description="β: one number for all layers, 1 at the start"
    )
    depth: int = Field(3, ge=1, le=8, title="Hidden layers")
    steps: int = Field(300, ge=50, le=800, multiple_of=50, title="Training steps", json_schema_extra=MORE)


@dataclass(frozen=True)
class Flattened:
    """φ with the constant ``value`` between ``low`` and ``high``."""

    function: Phi
    low: float
    high: float
    value: float

    def __call__(self, z: Tensor) -> Tensor:
        return torch.where((z > self.low) & (z < self.high), self.value, self.function(z))


@dataclass(frozen=True)
class OneSide:
    """One function on one side of zero, another on the other."""

    left: "Function"
    right: "Function"

    def __call__(self, z: Tensor) -> Tensor:
        return torch.where(z < 0, self.left(z), self.right(z))


Function = Phi | Flattened | OneSide


class Look(NamedTuple):
    """The network at one step, and what it does with the held-out digits."""

    model: DigitMLP
    logits: Tensor  # (B, Y)
    trace: MLPTrace
    accuracy: float


class Swap(NamedTuple):
    """Another function in the same network."""

    function: Function
    largest_gap: float  # between the curves on [−8, 8]
    logits: Tensor  # (B, Y)
    mean_change: float  # of a logit
    largest_change: float
    predictions_changed: float  # share


class SwapResult(NamedTuple):
    controls: SwapControls
    progress: Progress[Look]
    own: Phi  # what the network was trained with
    given: Swap
    compared: dict[str, Swap]
    flattened_share: float  # of all pre-activations: those left of the minimum of the function trained with
    parameters: int


def replacement(own: Phi, name: str, beta: float, z: Tensor) -> Function:
    """The function of that name; the flattened ones are flat for as many of the pre-activations ``z`` each."""
    if name not in FLATTENED:
        return phi("SiLU", beta) if name == "SiLU" else NEAR[name]
    bottom, lowest = lowest_point(own)
    share = (z < bottom).double().mean().item()
    if name == FLATTENED[0]:
        return Flattened(own, -math.inf, bottom, lowest)
    if name == FLATTENED[1]:
        reach = _quantile(z.abs(), share)
        return Flattened(own, -reach, reach, 0.0)
    start = _quantile(z, 1 - share)
    return Flattened(own, start, math.inf, own(torch.tensor(start)).item())


def _quantile(z: Tensor, share: float) -> float:
    ordered = z.flatten().sort().values
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))].item()


def swapped(look: Look, own: Phi, other: Function, side: str, x: Tensor) -> Swap:
    """The network of ``look`` with ``other`` in place of its own function, on one side of zero or everywhere."""
    if side != "everywhere":
        other = OneSide(other, own) if side == "left of zero" else OneSide(own, other)
    with torch.no_grad():
        logits = look.model.given(other)(x)[0][0]
    change = (logits - look.logits).abs()
    return Swap(
        other,
        (other(RANGE) - own(RANGE)).abs().max().item(),
        logits,
        change.mean().item(),
        change.max().item(),
        (logits.argmax(-1) != look.logits.argmax(-1)).float().mean().item(),
    )


def evaluate(state: Learnt) -> Look:
    held_out = digit_pixels(state.model.W[0].device.type)[1]
    with torch.no_grad():
        logits, trace = state.model(held_out.pixels)
    return Look(state.model, logits[0], trace, accuracy(state.model, held_out).item())


def run(controls: SwapControls, device: str) -> Iterator[SwapResult]:
    start = NEAR[controls.trained]
    learns_beta = controls.learns == "weights and β" and controls.trained == "SiLU"
    beta = start.number if learns_beta else None
    plan = Plan((start,), controls.seed, depth=controls.depth, steps=controls.steps, learned_beta=beta)
    x = digit_pixels(device)[1].pixels
    for progress in trained(plan, evaluate, device):
        look = progress.newest
        learned = look.model.activation
        own = phi("SiLU", learned.beta.item()) if isinstance(learned, Swish) else start
        z = torch.cat([layer.flatten() for layer in look.trace.z])
        others = {name: replacement(own, name, 1.0, z) for name in COMPARED[controls.trained]}
        yield SwapResult(
            controls,
            progress,
            own,
            swapped(look, own, replacement(own, controls.given, controls.beta, z), controls.side, x),
            {name: swapped(look, own, other, "everywhere", x) for name, other in others.items()},
            (z < lowest_point(own)[0]).double().mean().item(),
            parameters_of(look.model),
        )


def measure(result: SwapResult) -> Measurements:
    own, look, given = result.own, result.progress.newest, result.given
    against: dict[str, float] = {}
    if silu := result.compared.get("SiLU"):
        against = {
            "change_over_that_of_silu": given.mean_change / silu.mean_change,
            "gap_over_that_of_silu": given.largest_gap / silu.largest_gap,
        }
    if result.controls.given in FLATTENED:
        against["logit_change_per_percent_flattened"] = given.mean_change / max(100 * result.flattened_share, 1e-9)
    if result.controls.trained == "SiLU":
        against["beta"] = own.number
    return against | {
        "mean_logit_change": given.mean_change,
        "largest_logit_change": given.largest_change,
        "predictions_changed_share": given.predictions_changed,
        "predictions_changed": given.predictions_changed * len(given.logits),
        "largest_gap": given.largest_gap,
        "inputs_left_of_the_minimum_share": result.flattened_share,
        "flat_inputs_share": flat_share(look.trace.z, 0, own),
        "inputs_below_zero_share": torch.cat([z.flatten() for z in look.trace.z]).lt(0).double().mean().item(),
        "lowest_value": lowest_point(own)[1],
        "lowest_at": lowest_point(own)[0],
        "held_out_accuracy": look.accuracy,
        "held_out_accuracy_after_the_swap": _accuracy(given.logits),
    }


def _accuracy(logits: Tensor) -> float:
    return (logits.argmax(-1).cpu() == digit_pixels("cpu")[1].labels).float().mean().item()


def shares_over_training(result: SwapResult) -> list[np.ndarray]:
    """(bins,) of the pre-activations at every step that is shown."""
    return [shares_by_bin(look.trace.z, 0) for look in result.progress.shown]
