"""What is put in place of the function that a network was trained with, and what that changes in its answers."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.foundations.activation_forms import Form, Phi, phi
from models.layers.activation_slopes import lowest_point
from models.layers.activations import gelu_tanh, quick_gelu
from models.layers.digit_mlp import DigitMLP

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

RANGE = torch.linspace(-8, 8, 3201)
"""Where the largest gap between two curves is looked for."""


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


class Swap(NamedTuple):
    """Another function in the same network."""

    function: Function
    largest_gap: float  # between the curves on [−8, 8]
    logits: Tensor  # (B, Y)
    mean_change: float  # of a logit
    largest_change: float
    predictions_changed: float  # share


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


def swapped(model: DigitMLP, own: Phi, other: Function, side: str, x: Tensor, before: Tensor) -> Swap:
    """The network with ``other`` in place of its own function, on one side of zero or everywhere.

    ``before`` are its logits (B, Y) for the digits ``x`` with its own.
    """
    if side != "everywhere":
        other = OneSide(other, own) if side == "left of zero" else OneSide(own, other)
    with torch.no_grad():
        logits = model.given(other)(x)[0][0]
    change = (logits - before).abs()
    return Swap(
        other,
        (other(RANGE) - own(RANGE)).abs().max().item(),
        logits,
        change.mean().item(),
        change.max().item(),
        (logits.argmax(-1) != before.argmax(-1)).float().mean().item(),
    )
