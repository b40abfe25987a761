"""Random input spikes, in which some inputs repeat one random pattern now and then. Nothing else marks the pattern.

After: Masquelier, Guyonneau and Thorpe 2008, "Spike Timing Dependent Plasticity Finds the Start of Repeating Patterns
in Continuous Spike Trains": all inputs have one rate at all times, inside the pattern and outside.

Symbols
    T  steps of 1 ms      N  inputs      L  steps of the pattern      M  inputs that take part
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.seeding import generator

INPUTS, TAKE_PART, LENGTH = 400, 260, 50
RATE, SHARE, JITTER = 0.02, 0.25, 20
"""Spikes per ms of each input; share of the time that the pattern takes; ms by which a spike is moved at most."""

Kind = Literal["repeated", "jittered", "never repeated", "on other inputs"]


class Stream(NamedTuple):
    """Input spikes and where the pattern is."""

    spikes: Tensor  # (T, N) 0 or 1, as uint8
    inside: Tensor  # (T,) bool
    starts: Tensor  # (S,) first step of each repetition


def pattern(training: int) -> Tensor:
    """What is repeated in this training.  (L, M)"""
    return torch.rand(LENGTH, TAKE_PART, generator=generator(70_000 + training)) < RATE


def starts_of(steps: int, draws: torch.Generator) -> Tensor:
    """Of the slots of L steps, a random quarter, never two in a row.  (S,)"""
    begun, last = [], False
    for slot, draw in enumerate(torch.rand(steps // LENGTH, generator=draws).tolist()):
        last = not last and draw < SHARE / (1 - SHARE)
        if last:
            begun.append(slot * LENGTH)
    return torch.tensor(begun)


def jittered(given: Tensor, draws: torch.Generator) -> Tensor:
    """Every spike moved by up to 20 ms either way, round the pattern's ends.  (L, M)"""
    at, which = given.nonzero(as_tuple=True)
    moved = (JITTER * (2 * torch.rand(len(at), generator=draws) - 1)).round().long()
    found = torch.zeros_like(given)  # (L, M)
    found[(at + moved) % LENGTH, which] = True
    return found


def stream(training: int, kind: Kind, steps: int, seed: int) -> Stream:
    """``steps`` ms of input; the pattern is that of the training, all else comes from ``seed``."""
    draws, given = generator(seed), pattern(training)
    spikes = torch.rand(steps, INPUTS, generator=draws) < RATE  # (T, N)
    starts = starts_of(steps, draws)  # (S,)
    inside = torch.zeros(steps, dtype=torch.bool)  # (T,)
    first = INPUTS - TAKE_PART if kind == "on other inputs" else 0
    for start in starts.tolist():
        inside[start : start + LENGTH] = True
        if kind != "never repeated":
            shown = jittered(given, draws) if kind == "jittered" else given
            spikes[start : start + LENGTH, first : first + TAKE_PART] = shown
    return Stream(spikes.to(torch.uint8), inside, starts)
