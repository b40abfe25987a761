"""A digit as spikes, through a trained spiking network: who fires when, who wins, and what its synapses have to add."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.memo import memo
from models.data.digits import digits
from models.data.spike_codes import shuffled_times
from models.seeding import generator
from models.spiking.spiking_network import SpikingNetwork, SpikingTrace, synaptic_operations
from models.training.spiking_digits import CODES, TRAININGS, Arm, ink, pretrained

Code = Literal["latency", "rate"]
Times = Literal["as coded", "shuffled"]
BOTH_CODES: tuple[Code, ...] = ("latency", "rate")
BOTH_TIMES: tuple[Times, ...] = ("as coded", "shuffled")


class CodedDigitsControls(Controls):
    drawing: Drawing = Field("example 3", title="Digit")
    code: Code = Field("latency", title="Code", description="One spike per pixel, or spikes in proportion to the ink")
    times: Times = Field("as coded", title="Spike times", description="Shuffled: each pixel keeps its number of spikes")


class Reading(NamedTuple):
    """What five networks make of all held-out digits."""

    by_step: Tensor  # (R, T) accuracy if the digit ended after each step
    operations: Tensor  # (R,) additions per digit
    input_spikes: float  # per digit
    hidden_spikes: Tensor  # (R,) per digit
    final: Tensor  # (R,) median step after which the winner no longer changes, counted from 1


class CodedDigitsResult(NamedTuple):
    controls: CodedDigitsControls
    image: Tensor  # (N, N)
    network: SpikingNetwork  # one
    input: Tensor  # (T, I) spikes of the drawn digit
    trace: SpikingTrace  # its own, (1, 1, T, …)
    counts: Tensor  # (K,)
    readings: Mapping[tuple[Code, Times], Reading]
    multiplications: int  # of the dense network of equal layers
    parameters: int


def alone(network: SpikingNetwork, training: int) -> SpikingNetwork:
    """One of the networks that stand side by side."""
    one = SpikingNetwork((0,), inputs=network.first.shape[1], hidden=network.first.shape[2])
    one.first.data, one.second.data = network.first[training, None], network.second[training, None]
    return one.requires_grad_(False)


def coded(p: Tensor, code: Code, times: Times, seed: int) -> Tensor:
    """Ink (..., I) as input spikes (..., T, I)."""
    spikes = CODES[code](p)
    return shuffled_times(spikes, generator(seed)) if times == "shuffled" else spikes


@memo
@torch.no_grad()
def reading(code: Code, times: Times, seed: int) -> Reading:
    """All five networks of a code, on all held-out digits."""
    held_out = digits()[1]
    network = pretrained(Arm(code)).network
    spikes = coded(ink(held_out), code, times, seed)
    _, trace = network(spikes)
    winners = trace.output_spikes.cumsum(2).argmax(-1)  # (R, B, T)
    changes = winners[..., 1:] != winners[..., :-1]
    at = torch.arange(1, winners.shape[2])
    final = 1 + torch.where(changes, at, 0).amax(-1)  # (R, B)
    hidden = trace.hidden_spikes
    added = synaptic_operations(spikes[None], hidden.shape[-1]) + synaptic_operations(hidden, 10)
    return Reading(
        (winners == held_out.labels[:, None]).float().mean(1),
        added.mean(1),
        spikes.sum((1, 2)).mean().item(),
        hidden.sum((2, 3)).mean(1),
        final.float().quantile(0.5, dim=1),
    )


@torch.no_grad()
def run(controls: CodedDigitsControls, device: str) -> CodedDigitsResult:
    """On the CPU whatever the device: networks this small keep no other one busy."""
    c = controls
    network = alone(pretrained(Arm(c.code)).network, c.seed % TRAININGS)
    image = read_drawing(c.drawing)
    spikes = coded(image.flatten(), c.code, c.times, c.seed)
    counts, trace = network(spikes[None])
    kinds = [(code, times) for code in BOTH_CODES for times in BOTH_TIMES]
    weights = network.first.numel() + network.second.numel()
    return CodedDigitsResult(
        c, image, network, spikes, trace, counts[0, 0],
        {key: reading(*key, c.seed) for key in kinds}, weights, weights,
    )  # fmt: skip


def measure(result: CodedDigitsResult) -> Measurements:
    c, readings = result.controls, result.readings
    own = readings[c.code, c.times]
    accuracy = {key: found.by_step[:, -1].mean().item() for key, found in readings.items()}
    lost = {code: accuracy[code, "as coded"] - accuracy[code, "shuffled"] for code in BOTH_CODES}
    return {
        "accuracy": accuracy[c.code, c.times],
        "accuracy_latency": accuracy["latency", "as coded"],
        "accuracy_latency_shuffled": accuracy["latency", "shuffled"],
        "accuracy_rate": accuracy["rate", "as coded"],
        "accuracy_rate_shuffled": accuracy["rate", "shuffled"],
        "lost_by_shuffling_latency": lost["latency"],
        "lost_by_shuffling_rate": lost["rate"],
        "operations_per_digit": own.operations.mean().item(),
        "operations_over_dense": own.operations.mean().item() / result.multiplications,
        "multiplications_of_dense": float(result.multiplications),
        "input_spikes_per_digit": own.input_spikes,
        "hidden_spikes_per_digit": own.hidden_spikes.mean().item(),
        "final_step": own.final.mean().item(),
        "winner": float(result.counts.argmax()),
        "winner_spikes": result.counts.max().item(),
    }
