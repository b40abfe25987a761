"""Chains of Gibbs sampling on a machine of ten units, beside the exact probabilities of its 1,024 states."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.energy.two_wells.chains import (
    COLD,
    UNITS,
    Cooling,
    Update,
    baseline_of,
    chains_of,
    cooled_of,
    machine_of,
)
from models.data.two_wells import TwoWells
from models.energy.boltzmann import (
    all_states,
    energy,
    frequencies,
    probabilities,
    total_variation,
)

DROPPED = 20
"""Sweeps at the start of each chain that are not counted."""


CHECKED = (25, 50, 100, 200, 400, 800)
"""Counted sweeps per chain at which the distance is noted, as far as the chains go."""


class TwoWellsControls(Controls):
    temperature: float = Field(1.0, ge=0.3, le=3, multiple_of=0.1, title="Temperature T")
    update: Update = Field("one by one", title="Units update")
    sweeps: Literal[100, 200, 400, 800] = Field(400, title="Sweeps per chain", description="A sweep visits every unit")
    cooling: Cooling = Field(
        "step by step",
        title="Cooling",
        description="How 400 further chains get from T = 4 to T = 0.25 in 60 sweeps",
    )
    chains: Literal[10, 20, 40] = Field(40, title="Chains", json_schema_extra=MORE)


class TwoWellsResult(NamedTuple):
    controls: TwoWellsControls
    machine: TwoWells
    states: Tensor  # (1024, 10)
    energies: Tensor  # (1024,)
    exact: Tensor  # (1024,)
    visited: Tensor  # (sweeps, chains) state numbers
    frequencies: Tensor  # (1024,)
    counted: list[int]  # sweeps per chain at each of the following
    distances: Tensor  # total variation of the chains
    baseline: Tensor  # of as many independent draws, mean of several sets
    agreement: Tensor  # (sweeps, chains) share of units that are as in the deeper well
    cooled: Tensor  # (400,) state numbers at the end of cooling
    stayed: Tensor  # of the chains that start nearer to one of the wells: whether they ended in it


@torch.inference_mode()
def run(controls: TwoWellsControls, device: str) -> TwoWellsResult:
    """On the CPU whatever the device: ten units keep no other one busy."""
    c = controls
    machine, states = machine_of(c.seed), all_states(UNITS)
    energies = energy(states, machine.weight, machine.bias)
    exact = probabilities(energies, c.temperature)
    visited = chains_of(c.seed, c.temperature, c.update, c.sweeps + DROPPED, c.chains)
    counted = [one for one in CHECKED if one <= c.sweeps]
    parts = [frequencies(visited[DROPPED : DROPPED + one], len(states)) for one in counted]
    alike = (states == (machine.planted > 0).float()).float().mean(-1)  # (1024,)
    began, ended = (alike[place] for place in cooled_of(c.seed, c.cooling))
    return TwoWellsResult(
        c, machine, states, energies, exact, visited, parts[-1], counted,
        total_variation(torch.stack(parts), exact), baseline_of(c.seed, c.temperature, tuple(counted), c.chains),
        alike[visited], cooled_of(c.seed, c.cooling)[1], ((began - 0.5) * (ended - 0.5) > 0)[began != 0.5],
    )  # fmt: skip


def crossings(agreement: Tensor) -> float:
    """Passages of a chain from one well to the other, per 100 sweeps; in a well, over 0.7 of the units are alike."""
    well = torch.where(agreement > 0.7, 1, torch.where(agreement < 0.3, -1, 0))  # (sweeps, chains)
    passed = 0
    for chain in well.T:
        reached = chain[chain != 0]
        passed += int((reached[1:] != reached[:-1]).sum())
    return 100 * passed / well.numel()


def measure(result: TwoWellsResult) -> Measurements:
    lowest = int(result.energies.argmin())
    deeper = result.states[lowest] == (result.machine.planted > 0)
    return {
        "temperature": result.controls.temperature,
        "total_variation": result.distances[-1].item(),
        "total_variation_of_independent_draws": result.baseline[-1].item(),
        "distance_over_baseline": (result.distances[-1] / result.baseline[-1]).item(),
        "crossings_per_100_sweeps": crossings(result.agreement[DROPPED:]),
        "deepest_after_cooling_percent": 100 * (result.cooled == lowest).float().mean().item(),
        "stayed_in_nearer_well_percent": 100 * result.stayed.float().mean().item(),
        "deepest_exactly_percent": 100 * probabilities(result.energies, COLD)[lowest].item(),
        "deepest_state_exactly_percent": 100 * result.exact[lowest].item(),
        "deepest_state_sampled_percent": 100 * result.frequencies[lowest].item(),
        "planted_units_in_deepest_state": deeper.sum().item(),
    }
