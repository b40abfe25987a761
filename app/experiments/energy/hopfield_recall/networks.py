"""Networks that store patterns by Hebb’s rule, and many recalls from damaged copies."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.energy.drawn_pattern import N, flips
from app.experiments.memo import memo
from models.data.binary_patterns import binary_digits, flipped, random_patterns
from models.energy.hopfield import Hopfield, hebbian_weights, overlap
from models.seeding import generator

SWEEPS = 4
Others = Literal["random patterns", "digits"]
Written = Literal["−1 and 1", "0 and 1", "0 and 1, mean subtracted"]
Connections = Literal["all", "half cut, both directions", "half cut, one direction each"]


class Recalls(NamedTuple):
    """Many networks with patterns of their own, each recalling the first of them from a damaged copy."""

    start: Tensor  # (R,) overlap with that pattern
    end: Tensor  # (R,)
    rise: Tensor  # (R,) largest rise of the energy in one update


def other_patterns(others: Others, *shape: int, draws: torch.Generator) -> Tensor:
    """(..., N)"""
    if others == "random patterns":
        return random_patterns(*shape, N, draws=draws)
    return torch.stack([binary_digits(shape[-1], draws) for _ in range(shape[0] if len(shape) > 1 else 1)]).view(
        *shape, N
    )


def stored_in(patterns: Tensor, written: Written, connections: Connections, draws: torch.Generator) -> Tensor:
    """The weights of patterns (..., K, N).  (..., N, N)"""
    if written != "−1 and 1":
        patterns = (1 + patterns) / 2
    if written == "0 and 1, mean subtracted":
        patterns = patterns - patterns.mean((-2, -1), keepdim=True)
    w = hebbian_weights(patterns)  # (..., N, N)
    if connections == "all":
        return w
    kept = (torch.rand(w.shape, generator=draws) < 0.5).triu(1)  # (..., N, N)
    if connections == "half cut, both directions":
        return w * (kept | kept.mT)
    return w * torch.where(torch.ones(N, N).triu(1) > 0, kept, ~kept.mT)


def swept(draws: torch.Generator) -> Tensor:
    """Every unit once per sweep, each sweep in an order of its own.  (T,)"""
    return torch.cat([torch.randperm(N, generator=draws) for _ in range(SWEEPS)])


@memo
def recalls(
    networks: int, stored: int, others: Others, damage: int, written: Written, connections: Connections, seed: int
) -> Recalls:
    """So many networks, none of which stores the drawing."""
    draws = generator(seed)
    patterns = other_patterns(others, networks, stored, draws=draws)  # (R, K, N)
    start = flipped(patterns[:, 0], flips(damage), draws)  # (R, N)
    network = Hopfield(stored_in(patterns, written, connections, draws))
    end, trace = network(start, swept(draws))
    first = patterns[:, 0]
    return Recalls(overlap(start, first), overlap(end, first), trace.energy.diff(dim=0).amax(0))
