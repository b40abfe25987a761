"""Recall against load for networks of three sizes, and the first errors beside their closed form."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.binary_patterns import neighbours_alike, random_patterns
from models.energy.hopfield_capacity import Diagonal, ManyUnits, Missing, Projection, exact_limits, first_step_error
from models.seeding import generator

NETWORKS = {100: 20, 250: 6, 500: 3}
"""Units → networks at each load: fewer of the large ones, which vary less."""

LARGEST = max(NETWORKS)
LOADS = (0.02, 0.05, 0.08, 0.1, 0.12, 0.138, 0.16, 0.18, 0.2, 0.25)
STEPS = 12
EDGE = 0.95
"""The overlap below which a pattern counts as lost: just under that at the limit of infinitely many units."""

Patterns = Literal["random", "60 % ones", "60 % of neighbours alike"]
Weights = Literal["Hebb’s", "Hebb’s with the diagonal", "Hebb’s with as many others missing", "projection rule"]


class LoadControls(Controls):
    patterns: Patterns = Field("random", title="Patterns")
    load: float = Field(0.138, ge=0.02, le=0.25, multiple_of=0.002, title="Load", description="Patterns per unit")
    weights: Weights = Field("Hebb’s", title="Weights")
    damage: int = Field(
        0, ge=0, le=30, multiple_of=5, title="Damage", description="Percent of bits flipped at the start",
        json_schema_extra=MORE,
    )  # fmt: skip


class AtLoad(NamedTuple):
    """Of all patterns of all networks at one load."""

    overlap: float  # mean overlap of a pattern and where recall from it ends
    exact: float  # share of patterns that end without a wrong bit
    first_error: float  # share of bits that the first update turns


class LoadResult(NamedTuple):
    controls: LoadControls
    overlaps: Tensor  # (sizes, loads)
    exact: Tensor  # (sizes, loads)
    first_errors: Tensor  # (loads,) of the largest networks
    formula: Tensor  # (loads,)
    chosen: AtLoad  # the largest networks at the load of the control


def patterns_of(kind: Patterns, K: int, N: int, draws: torch.Generator) -> Tensor:
    """(K, N)"""
    if kind == "60 % of neighbours alike":
        return neighbours_alike(K, N, draws=draws, alike=0.6)
    return random_patterns(K, N, draws=draws, ones=0.6 if kind == "60 % ones" else 0.5)


def more_input(kind: Weights, patterns: Tensor, draws: torch.Generator) -> nn.Module | None:
    K, N = patterns.shape
    if kind == "Hebb’s with the diagonal":
        return Diagonal(K / N)
    if kind == "Hebb’s with as many others missing":
        order = torch.randperm(N, generator=draws)
        partners = torch.empty_like(order)
        partners[order] = order.roll(1)
        return Missing(patterns, partners)
    return Projection(patterns) if kind == "projection rule" else None


@memo
def at_load(load: float, N: int, kind: Patterns, weights: Weights, damage: int, seed: int) -> AtLoad:
    """Every pattern of every network is recalled once; networks of one size and place have the same patterns."""
    K = max(round(load * N), 1)
    overlap, exact, error = [], [], []
    for network in range(NETWORKS[N]):
        draws = generator(1000 * seed + 10 * network + N)
        patterns = patterns_of(kind, K, N, draws)
        signs = torch.where(torch.rand(K, N, generator=draws) < damage / 100, -1.0, 1.0)
        end, trace = ManyUnits(patterns, more_input(weights, patterns, draws))(patterns * signs, STEPS)
        overlap.append((end * patterns).mean().item())
        exact.append((end == patterns).all(-1).float().mean().item())
        error.append((trace.first != patterns).float().mean().item())
    mean = lambda found: sum(found) / len(found)
    return AtLoad(mean(overlap), mean(exact), mean(error))


@torch.inference_mode()
def run(controls: LoadControls, device: str) -> LoadResult:
    """On the CPU whatever the device: its many small products keep no other one busy."""
    c = controls
    measured = lambda load, N: at_load(load, N, c.patterns, c.weights, c.damage, c.seed)
    found = [[measured(load, N) for load in LOADS] for N in NETWORKS]
    return LoadResult(
        c,
        torch.tensor([[one.overlap for one in row] for row in found]),
        torch.tensor([[one.exact for one in row] for row in found]),
        torch.tensor([one.first_error for one in found[-1]]),
        torch.tensor([first_step_error(load) for load in LOADS]),
        measured(c.load, LARGEST),
    )


def edge_of(overlaps: Tensor) -> float:
    """The load at which the mean overlap first falls below ``EDGE``, between two loads on a straight line."""
    below = (overlaps < EDGE).nonzero().flatten()
    if not len(below):
        return float("nan")
    at = int(below[0])
    if at == 0:
        return LOADS[0]
    share = (overlaps[at - 1] - EDGE) / (overlaps[at - 1] - overlaps[at])
    return LOADS[at - 1] + float(share) * (LOADS[at] - LOADS[at - 1])


def measure(result: LoadResult) -> Measurements:
    large = result.overlaps[-1]
    at = LOADS.index(0.138)
    most, every = exact_limits(LARGEST)
    return {
        "edge_load": edge_of(large),
        "overlap_at_0100": large[LOADS.index(0.1)].item(),
        "overlap_at_0250": large[LOADS.index(0.25)].item(),
        "exact_at_0138_percent": 100 * result.exact[-1, at].item(),
        "overlap_at_the_load": result.chosen.overlap,
        "exact_at_the_load_percent": 100 * result.chosen.exact,
        "first_step_error_percent": 100 * result.first_errors[at].item(),
        "first_step_formula_percent": 100 * result.formula[at].item(),
        "error_over_formula": (result.first_errors[at] / result.formula[at]).item(),
        "wrong_bits_per_pattern_at_0138": LARGEST * (1 - large[at].item()) / 2,
        "most_exact_patterns": most,
        "all_exact_patterns": every,
        "patterns_at_the_load": round(result.controls.load * LARGEST),
    }
