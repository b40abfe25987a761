"""Chains of Gibbs sampling on a machine of ten units, and the independent draws beside them."""

from typing import Literal

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.two_wells import TwoWells, two_wells
from models.energy.boltzmann import (
    all_at_once,
    all_states,
    energy,
    frequencies,
    one_by_one,
    probabilities,
    state_number,
    total_variation,
)
from models.seeding import generator

UNITS = 10
HOT, COLD, COOLING_SWEEPS, COOLED_CHAINS = 4.0, 0.25, 60, 400
REPEATS = 8
"""Sets of independent draws that the baseline is the mean of."""

Update = Literal["one by one", "one by one, random order", "all at once"]
Cooling = Literal["step by step", "evenly", "cold from the start"]


def schedule(cooling: Cooling) -> Tensor:
    """The temperature of each of the cooling sweeps: equal factors, equal steps, or cold all the time."""
    part = torch.linspace(0, 1, COOLING_SWEEPS)
    if cooling == "cold from the start":
        return torch.full((COOLING_SWEEPS,), COLD)
    return HOT * (COLD / HOT) ** part if cooling == "step by step" else HOT + (COLD - HOT) * part


@memo
def chains_of(machine: int, temperature: float, update: Update, sweeps: int, chains: int) -> Tensor:
    """State numbers (sweeps, chains), from random starts."""
    (weight, bias, _), draws = machine_of(machine), generator(machine + 1)
    s, found = torch.bernoulli(torch.full((chains, UNITS), 0.5), generator=draws), []
    for _ in range(sweeps):
        if update == "all at once":
            s = all_at_once(s, weight, bias, temperature, draws)
        else:
            order = torch.randperm(UNITS, generator=draws).tolist() if "random" in update else range(UNITS)
            s = one_by_one(s, weight, bias, temperature, order, draws)
        found.append(state_number(s))
    return torch.stack(found)


@memo
def machine_of(seed: int) -> TwoWells:
    return two_wells(UNITS, generator(seed))


@memo
def cooled_of(seed: int, cooling: Cooling) -> tuple[Tensor, Tensor]:
    """State numbers (400,) of the cooled chains at their start and at the end."""
    (weight, bias, _), draws = machine_of(seed), generator(seed + 2)
    start = s = torch.bernoulli(torch.full((COOLED_CHAINS, UNITS), 0.5), generator=draws)
    for temperature in schedule(cooling).tolist():
        s = one_by_one(s, weight, bias, temperature, range(UNITS), draws)
    return state_number(start), state_number(s)


@memo
def baseline_of(seed: int, temperature: float, counted: tuple[int, ...], chains: int) -> Tensor:
    """Mean total variation of as many independent draws from the exact probabilities, for each count of sweeps."""
    weight, bias, _ = machine_of(seed)
    exact, draws = probabilities(energy(all_states(UNITS), weight, bias), temperature), generator(seed + 3)
    sets = [
        [frequencies(torch.multinomial(exact, one * chains, True, generator=draws), len(exact)) for _ in range(REPEATS)]
        for one in counted
    ]
    return torch.stack([total_variation(torch.stack(one), exact).mean() for one in sets])
