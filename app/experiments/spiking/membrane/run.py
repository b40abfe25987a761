"""One leaky integrate-and-fire neuron under a constant current, and how often it fires against the closed formula."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.seeding import generator
from models.spiking.altered_resets import late_reset, mistaken_reset
from models.spiking.leaky_integrate_fire import (
    Carry,
    LeakyIntegrateFire,
    MembraneTrace,
    firing_rate,
    hard_reset,
    mean_rate,
    soft_reset,
)

SHOWN_MS, MEASURED_MS = 200, 300
CURRENTS, LOWEST, HIGHEST = 32, 1.2, 4.0
"""How many currents the curve is measured at, and between which multiples of the threshold."""

STEPS = (0.5, 1.0, 2.0, 4.0)
"""Milliseconds."""

RESETS: Mapping[str, Carry] = {
    "subtract the threshold": soft_reset,
    "set to zero": hard_reset,
    "subtract one step late": late_reset,
    "spike minus threshold": mistaken_reset,
}


COMPARED = ("subtract the threshold", "set to zero")
"""The resets of the textbook, whose gaps are always shown."""


class MembraneControls(Controls):
    current: float = Field(
        1.6, ge=0, le=4, multiple_of=0.05, title="Current I", description="The voltage to which it would lead"
    )
    time_constant: int = Field(20, ge=5, le=50, multiple_of=5, title="Time constant τ, ms")
    threshold: float = Field(1.0, ge=0.5, le=2, multiple_of=0.1, title="Threshold θ")
    step: Literal[0.5, 1.0, 2.0, 4.0] = Field(1.0, title="Step Δt, ms")  # type: ignore[valid-type]  # pydantic takes them
    reset: Literal["subtract the threshold", "set to zero", "subtract one step late", "spike minus threshold"] = Field(
        "subtract the threshold", title="Reset"
    )


class MembraneResult(NamedTuple):
    controls: MembraneControls
    neuron: LeakyIntegrateFire
    trace: MembraneTrace  # (N,) under the chosen current
    currents: Tensor  # (CURRENTS,)
    rates: Tensor  # (CURRENTS,) per ms
    formula: Tensor  # (CURRENTS,)
    gaps: dict[str, dict[float, float]]  # reset → step → mean of |rate − formula| / formula


@memo
def measured_rates(time_constant: int, threshold: float, reset: str, step: float, seed: int) -> tuple[Tensor, Tensor]:
    """Currents, one at random in each of equal parts of the range, and the rates at which the neuron fires."""
    drawn = torch.rand(CURRENTS, generator=generator(seed), dtype=torch.double)
    between = (torch.arange(CURRENTS) + drawn) / CURRENTS
    currents = threshold * (LOWEST + (HIGHEST - LOWEST) * between)
    neuron = LeakyIntegrateFire(time_constant, step, threshold, RESETS[reset])
    spikes, _ = neuron(currents[:, None].expand(-1, round(MEASURED_MS / step)))
    return currents, mean_rate(spikes, step)


@torch.inference_mode()
def run(controls: MembraneControls, device: str) -> MembraneResult:
    """On the CPU whatever the device: one neuron keeps no other one busy."""
    c = controls
    neuron = LeakyIntegrateFire(c.time_constant, c.step, c.threshold, RESETS[c.reset])
    _, trace = neuron(torch.full((round(SHOWN_MS / c.step),), c.current, dtype=torch.double))
    of = lambda reset, step: measured_rates(c.time_constant, c.threshold, reset, step, c.seed)
    currents, rates = of(c.reset, c.step)
    formula = firing_rate(currents, c.threshold, c.time_constant)
    gap = lambda reset, step: ((of(reset, step)[1] - formula).abs() / formula).mean().item()
    gaps = {reset: {step: gap(reset, step) for step in STEPS} for reset in dict.fromkeys([*COMPARED, c.reset])}
    return MembraneResult(c, neuron, trace, currents, rates, formula, gaps)


def measure(result: MembraneResult) -> Measurements:
    c, gaps = result.controls, result.gaps[result.controls.reset]
    formula = firing_rate(torch.tensor([c.current], dtype=torch.double), c.threshold, c.time_constant).item()
    return {
        "spikes": result.trace.spikes.sum().item(),
        "rate_per_second": 1000 * mean_rate(result.trace.spikes, c.step).item(),
        "formula_per_second": 1000 * formula,
        "gap": gaps[c.step],
        "gap_at_finest_step": gaps[STEPS[0]],
        "gap_at_coarsest_step": gaps[STEPS[-1]],
        "gap_finest_over_coarsest": gaps[STEPS[0]] / gaps[STEPS[-1]],
        "gap_over_soft_reset": gaps[c.step] / result.gaps["subtract the threshold"][c.step],
        "highest_voltage": result.trace.voltage.max().item(),
    }
