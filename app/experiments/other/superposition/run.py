"""A function of two numbers as sums of functions of one number: how many sums does it take?"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.other.kan_training import CURVE, STARTS, KANFit, Points, points_of
from models.approximation.kan import KAN, edge_curves
from models.data.formulas_of_two import FORMULAS

SUMS = (1, 2, 3, 4, 5)
"""5 = 2n + 1 for n = 2 numbers: as many as the theorem needs for any continuous function."""

DEGREE, POINTS = 3, 200
GRIDS = {"coarse": (3, 6), "fine": (3, 6, 12)}
RANGES = {"−1 to 1": (-1.0, 1.0), "0.1 to 1": (0.1, 1.0), "−0.5 to 1": (-0.5, 1.0)}
SQUARE = 21
"""Points along one side of the maps."""


class SuperpositionControls(Controls):
    formula: Literal["x · y", "four humps", "waves in four directions"] = Field("x · y", title="Function")
    sums: Literal[1, 2, 3, 4, 5] = Field(2, title="Sums")
    numbers: Literal["−1 to 1", "0.1 to 1", "−0.5 to 1"] = Field("−1 to 1", title="x and y from")
    grid: Literal["coarse", "fine"] = Field("coarse", title="Grid of the curves", description="6 or 12 intervals")
    steps: Literal[16, 64] = Field(16, title="Training steps per grid", json_schema_extra=MORE)


class Learned(NamedTuple):
    """The best of several networks."""

    error: float  # on held-out points
    curves: list[Tensor]  # per layer (C, O, I)
    places: list[Tensor]  # per layer (C, I)
    base: list[Tensor]  # per layer (1, O, I)
    c: list[Tensor]  # per layer (1, O, I, B)
    knots: list[Tensor]  # per layer (1, I, T)
    fit: Tensor  # (N, N) over the square, rows of one y
    parameters: int


class SuperpositionResult(NamedTuple):
    controls: SuperpositionControls
    target: Tensor  # (N, N) over the square, rows of one y
    learned: Learned
    errors: list[float]  # for each of SUMS; not a number before it is known
    single: Learned | None  # with one sum, once it is known
    parameters: int


@memo
def points(formula: str, numbers: str, seed: int) -> Points:
    return points_of(formula, POINTS, 0.0, seed, *RANGES[numbers])


def square() -> Tensor:
    """A grid of the square from −1 to 1, rows of one y.  (N², 2)"""
    places = torch.linspace(-1, 1, SQUARE, dtype=torch.double)
    return torch.cartesian_prod(places, places).flip(-1)


@memo
def learned(formula: str, numbers: str, sums: int, grid: str, steps: int, seed: int) -> Learned:
    """Networks with so many hidden nodes, trained from different starts."""
    grids = GRIDS[grid]
    fit = KANFit(
        KAN([2, sums, 1], grids[0], DEGREE, seed, networks=STARTS), points(formula, numbers, seed), grids, steps
    )
    for _ in range(steps * len(grids)):
        fit.step()
    weights, best = fit.weights(), fit.best
    curves, places = [], []
    for layer, (low, high) in zip(weights, fit.ranges()):
        at = low[best] + (high - low)[best] * torch.linspace(0, 1, CURVE, dtype=torch.double)[:, None]  # (C, I)
        curves.append(edge_curves(at, layer.knots[best], DEGREE, layer.base[best], layer.c[best]))
        places.append(at)
    with torch.no_grad():
        over = fit.best_outputs(square()).view(SQUARE, SQUARE)
    base, c, knots = ([getattr(own, kind)[best] for own in weights] for kind in ("base", "c", "knots"))
    return Learned(fit.held_out_error(), curves, places, base, c, knots, over, fit.parameters)


def run(controls: SuperpositionControls, device: str) -> Iterator[SuperpositionResult]:
    """On the CPU whatever the device; the chosen number of sums first, then the others."""
    c = controls
    given = lambda sums: learned(c.formula, c.numbers, sums, c.grid, c.steps, c.seed)
    own = given(c.sums)
    low, high = RANGES[c.numbers]
    data = points(c.formula, c.numbers, c.seed)
    target = FORMULAS[c.formula]((low + high) / 2 + (high - low) / 2 * square()).view(SQUARE, SQUARE)
    target = (target - data.mean) / data.deviation
    found = dict.fromkeys(SUMS, float("nan")) | {c.sums: own.error}
    for sums in (c.sums, *[sums for sums in SUMS if sums != c.sums]):
        found[sums] = given(sums).error
        single = given(1) if found[1] == found[1] else None
        yield SuperpositionResult(c, target, own, list(found.values()), single, own.parameters)


def logarithms(single: Learned | None, low: float, high: float) -> float:
    """The smaller |correlation| of the two inner curves of one sum with log x; not a number where x is not positive."""
    if single is None or low <= 0:
        return float("nan")
    x = (low + high) / 2 + (high - low) / 2 * single.places[0]  # (C, 2)
    a, b = (one - one.mean(0) for one in (single.curves[0][:, 0], x.clamp_min(low).log()))
    return ((a * b).sum(0) / (a.norm(dim=0) * b.norm(dim=0)).clamp_min(1e-12)).abs().min().item()


def measure(result: SuperpositionResult) -> Measurements:
    by_sums = dict(zip(SUMS, result.errors))
    return {
        "error": result.learned.error,
        **{f"error_of_{sums}_sum{'s' * (sums > 1)}": error for sums, error in by_sums.items()},
        "logarithms_in_one_sum": logarithms(result.single, *RANGES[result.controls.numbers]),
        "largest_miss": (result.learned.fit - result.target).abs().max().item(),
    }
