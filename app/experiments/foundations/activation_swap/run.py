"""A digit network is trained with one activation function and then given a near one: what moves, and by how much."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.foundations.activation_forms import Phi, phi
from app.experiments.foundations.activation_inputs import flat_share
from app.experiments.foundations.activation_swap.replacements import FLATTENED, NEAR, Swap, replacement, swapped
from app.experiments.foundations.digit_networks import Learnt, Plan, accuracy, digit_pixels, parameters_of, trained
from app.experiments.live_training import Progress
from models.layers.activation_slopes import lowest_point
from models.layers.digit_mlp import DigitMLP, MLPTrace
from models.layers.swish import Swish

Name = Literal["GELU", "GELU, tanh form", "GELU, 1.702 form", "SiLU", "Mish"]
Given = Literal[
    "GELU", "GELU, tanh form", "GELU, 1.702 form", "SiLU", "Mish", "ReLU", "ELU", "flat left of its minimum",
    "flat around zero", "flat at the right",
]  # fmt: skip
Side = Literal["everywhere", "left of zero", "right of zero"]

COMPARED: dict[str, tuple[str, ...]] = {
    "GELU": ("GELU, tanh form", "GELU, 1.702 form", "SiLU", "ReLU"),
    "GELU, tanh form": ("GELU", "GELU, 1.702 form", "SiLU", "ReLU"),
    "GELU, 1.702 form": ("GELU", "GELU, tanh form", "SiLU", "ReLU"),
    "SiLU": FLATTENED,
    "Mish": ("GELU", "SiLU", "ReLU", "ELU"),
}
"""What the second figure compares, by the function that the network was trained with."""


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


class Look(NamedTuple):
    """The network at one step, and what it does with the held-out digits."""

    model: DigitMLP
    logits: Tensor  # (B, Y)
    trace: MLPTrace
    accuracy: float


class SwapResult(NamedTuple):
    controls: SwapControls
    progress: Progress[Look]
    own: Phi  # what the network was trained with
    given: Swap
    compared: dict[str, Swap]
    flattened_share: float  # of all pre-activations: those left of the minimum of the function trained with
    parameters: int


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
        given = replacement(own, controls.given, controls.beta, z)
        others = {name: replacement(own, name, 1.0, z) for name in COMPARED[controls.trained]}
        yield SwapResult(
            controls,
            progress,
            own,
            swapped(look.model, own, given, controls.side, x, look.logits),
            {name: swapped(look.model, own, other, "everywhere", x, look.logits) for name, other in others.items()},
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
