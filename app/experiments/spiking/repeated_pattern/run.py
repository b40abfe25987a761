"""A neuron that learned by STDP hears its pattern in new noise: when it fires, and which synapses it kept."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.repeated_pattern import INPUTS, TAKE_PART, Stream, pattern, stream
from models.spiking.stdp import read
from models.training.repeated_pattern import (
    ARMS,
    PART_SECONDS,
    SECONDS,
    THRESHOLD,
    TRAININGS,
    Arm,
    Heard,
    heard,
    pretrained,
)

HEARD_MS, SHOWN_MS = 4_000, 500
"""New input on which a neuron is judged, and how much of it is drawn."""

Hears = Literal["repeated", "jittered", "on other inputs", "never repeated", "repeated, weaker depression"]


class RepeatedPatternControls(Controls):
    hears: Hears = Field("repeated", title="Learned from", description="Jittered: every spike moved by up to 20 ms")
    seconds: int = Field(
        20, ge=0, le=SECONDS, multiple_of=PART_SECONDS, title="Seconds of learning", description="Then learning is off"
    )


class RepeatedPatternResult(NamedTuple):
    controls: RepeatedPatternControls
    arm: Arm
    training: int
    given: Stream  # new input
    voltage_input: Tensor  # (T,) what the weights add up at each step
    spikes: Tensor  # (T,)
    weights: Tensor  # (P, N) after every part, of the shown neuron
    fires_in_pattern: Tensor  # (N,) first step of the pattern at which each input fires; not a number if never
    neurons: list[Heard]  # all trainings, after the chosen time
    by_time: Mapping[int, list[Heard]]  # seconds of learning → all trainings


@memo
@torch.inference_mode()
def answers(hears: str, part: int, seed: int) -> list[Heard]:
    """Of all twelve neurons, each to its own pattern."""
    weights = pretrained(hears)[part]
    return [heard(hears, r, weights[r], HEARD_MS, 100 * seed + r) for r in range(TRAININGS)]


@torch.inference_mode()
def run(controls: RepeatedPatternControls, device: str) -> RepeatedPatternResult:
    """On the CPU whatever the device: one neuron keeps no other one busy."""
    c, training = controls, controls.seed % TRAININGS
    kept = pretrained(c.hears)
    given = stream(training, ARMS[c.hears].kind, HEARD_MS, 100 * c.seed + training)
    part = c.seconds // PART_SECONDS
    weights, x = kept[part, training], given.spikes.float()
    fires = torch.full((INPUTS,), torch.nan)
    own = pattern(training)
    first = INPUTS - TAKE_PART if ARMS[c.hears].kind == "on other inputs" else 0
    when = torch.where(own.any(0), own.float().argmax(0).float(), torch.nan)
    fires[first : first + TAKE_PART] = when
    shown = {0, 1, 2, 4, SECONDS // PART_SECONDS, part}
    by_time = {PART_SECONDS * at: answers(c.hears, at, c.seed) for at in sorted(shown)}
    return RepeatedPatternResult(
        c, ARMS[c.hears], training, given, x @ weights, read(x, weights, THRESHOLD),
        kept[:, training], fires, by_time[c.seconds], by_time,
    )  # fmt: skip


def inside_share(neurons: list[Heard]) -> float:
    """Of all spikes of the neurons, the share inside their pattern; not a number without spikes."""
    spikes = sum(one.spikes for one in neurons)
    return sum(one.inside for one in neurons) / spikes if spikes else float("nan")


def mean_latency(neurons: list[Heard]) -> float:
    """Of the selective neurons: ms from the start of the pattern to the first spike."""
    found = [one.latency for one in neurons if one.selective]
    return sum(found) / len(found) if found else float("nan")


def measure(result: RepeatedPatternResult) -> Measurements:
    own, shown = result.neurons, result.neurons[result.training]
    early = result.by_time[PART_SECONDS]
    return {
        "selective_neurons": float(sum(one.selective for one in own)),
        "silent_neurons": float(sum(one.silent for one in own)),
        "neurons": float(TRAININGS),
        "inside_share": inside_share(own),
        "time_share": sum(one.share for one in own) / TRAININGS,
        "spikes_per_second": sum(one.spikes for one in own) / TRAININGS / HEARD_MS * 1000,
        "latency_ms": mean_latency(own),
        "latency_after_5_seconds_ms": mean_latency(early),
        "latency_gain_ms": mean_latency(early) - mean_latency(own),
        "shown_spikes": float(shown.spikes),
        "shown_inside": float(shown.inside),
        "shown_latency_ms": shown.latency,
        "strong_weights": (result.weights[result.controls.seconds // PART_SECONDS] > 0.5).sum().item(),
    }
