"""Spiking networks trained through different bumps: what each learned, and how the gradient reached its neurons."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.digits import digits
from models.parameter_count import parameter_count
from models.seeding import generator
from models.spiking.credit import direction_cosine, first_layer_gradient, share_under_bump
from models.spiking.spiking_network import THRESHOLD
from models.spiking.surrogate import SurrogateSpike
from models.training.spiking_digits import BUMPS, CODES, TRAININGS, Arm, Learned, ink, pretrained

SHOWN_DIGITS = 24
"""On which the gradient is computed."""

STANDARD = ("fast sigmoid", "arctan", "triangle")

Bump = Literal[
    "fast sigmoid", "arctan", "triangle", "narrow fast sigmoid", "narrow arctan", "narrow triangle",
    "narrow and tall fast sigmoid",
]  # fmt: skip


class SurrogatesControls(Controls):
    bump: Bump = Field("triangle", title="Bump", description="Narrow: a tenth as wide; tall: 100 times as high")
    reset: Literal["no gradient", "gradient"] = Field("no gradient", title="Through the reset")


class Credit(NamedTuple):
    """The gradient of the first layer before training, on some digits."""

    without: Tensor  # (1, I, H) the reset passes on none
    through: Tensor  # (1, I, H)
    share: float  # of hidden neurons and steps that lie under the bump
    voltage: Tensor  # (N,) some hidden voltages minus the threshold


class SurrogatesResult(NamedTuple):
    controls: SurrogatesControls
    spike: SurrogateSpike
    learned: Mapping[tuple[str, bool], Learned]  # (bump, through the reset) → five trainings
    readout_only: Learned
    credit: Mapping[str, Credit]  # bump → its gradients
    hidden_spikes: tuple[float, float]  # per digit, before training and after
    parameters: int


@memo
def credit(bump: str, seed: int) -> Credit:
    """Of a network with random weights, the start of one of the trainings."""
    held_out, training = digits()[1], seed % TRAININGS
    rows = torch.randperm(len(held_out.labels), generator=generator(seed))[:SHOWN_DIGITS]
    spikes, labels = CODES["latency"](ink(held_out)[rows]), held_out.labels[rows]
    networks = [
        Arm(bump=bump, through_reset=through).network(range(training, training + 1)) for through in (False, True)
    ]
    without, through = (first_layer_gradient(network, spikes, labels) for network in networks)
    with torch.no_grad():
        voltage = networks[0](spikes)[1].hidden_voltage
    share = share_under_bump(voltage, BUMPS[bump]).item()
    return Credit(without, through, share, (voltage - THRESHOLD).flatten()[::37])


@memo
@torch.no_grad()
def hidden_spikes(arm: Arm, trained: bool) -> float:
    """Per digit, mean of five networks, on some held-out digits."""
    spikes = CODES["latency"](ink(digits()[1])[:SHOWN_DIGITS])
    network = pretrained(arm).network if trained else arm.network()
    return network(spikes)[1].hidden_spikes.sum((2, 3)).mean().item()


def run(controls: SurrogatesControls, device: str) -> SurrogatesResult:
    """On the CPU whatever the device: networks this small keep no other one busy."""
    c = controls
    own = Arm(bump=c.bump, through_reset=c.reset == "gradient")
    kept = dict.fromkeys([*((bump, False) for bump in STANDARD), (c.bump, False), (c.bump, True)])
    learned = {key: pretrained(Arm(bump=key[0], through_reset=key[1])) for key in kept}
    return SurrogatesResult(
        c,
        BUMPS[c.bump],
        learned,
        pretrained(Arm(readout_only=True)),
        {bump: credit(bump, c.seed) for bump in BUMPS},
        (hidden_spikes(own, False), hidden_spikes(own, True)),
        parameter_count(learned[c.bump, False].network) // TRAININGS,
    )


def cosine(result: SurrogatesResult, bump: str) -> Tensor:
    """Between the gradients with and without the reset.  (1,)"""
    found = result.credit[bump]
    return direction_cosine(found.without, found.through)


def measure(result: SurrogatesResult) -> Measurements:
    c, through = result.controls, result.controls.reset == "gradient"
    last = {key: found.accuracy[:, -1] for key, found in result.learned.items()}
    own = last[c.bump, through]
    return {
        "accuracy": own.mean().item(),
        "lowest_accuracy": own.min().item(),
        "highest_accuracy": own.max().item(),
        **{f"accuracy_{bump.replace(' ', '_')}": last[bump, False].mean().item() for bump in STANDARD},
        "accuracy_readout_only": result.readout_only.accuracy[:, -1].mean().item(),
        "cost_of_reset_gradient": (last[c.bump, False] - last[c.bump, True]).mean().item(),
        "share_under_bump": result.credit[c.bump].share,
        "reset_gradient_cosine": cosine(result, c.bump).item(),
        "hidden_spikes_per_digit": result.hidden_spikes[1],
        "hidden_spikes_gained": result.hidden_spikes[1] - result.hidden_spikes[0],
    }
