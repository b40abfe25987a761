"""A wavy curve fitted by bumps whose centres are placed by the data, or evenly, or by other data."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.approximation.rbf import best_of, bumps, condition_number, output, output_weights
from models.data.clustered_inputs import MIDDLES, OTHER_MIDDLES, clustered, curve, noisy
from models.seeding import generator

POINTS, TESTS, STARTS = 150, 400, 10
GRID = torch.linspace(-1, 1, 161, dtype=torch.float64)
WIDTHS = (0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.2, 0.3, 0.5)

Placed = Literal["k-means", "evenly", "quantiles", "k-means on other clusters"]


class RbfNetworkControls(Controls):
    placed: Placed = Field(
        "k-means", title="Centres placed by", description="Quantiles: as many inputs between any two neighbours"
    )
    bumps: int = Field(12, ge=1, le=24, title="Number of bumps M")
    width: float = Field(0.06, ge=0.01, le=0.5, multiple_of=0.01, title="Width of a bump σ")


class RbfNetworkResult(NamedTuple):
    controls: RbfNetworkControls
    x: Tensor  # (P,) inputs to learn from
    targets: Tensor  # (P,)
    centres: Tensor  # (M,)
    weights: Tensor  # (M,)
    shown: Tensor  # (G, M) the bumps along the axis
    fit: Tensor  # (G,)
    error: float  # on held-out inputs, root mean square
    even_error: float  # of equally many centres at even distances
    by_width: list[float]  # error for each of WIDTHS
    conditions: list[float]  # condition number of the interpolation matrix for each of WIDTHS
    parameters: int


def centres(placed: Placed, count: int, x: Tensor, seed: int) -> Tensor:
    """(M,), in order."""
    draws = generator(seed + 1)
    if placed == "evenly":
        return torch.linspace(-1, 1, count, dtype=torch.float64)
    if placed == "k-means on other clusters":
        x = clustered(POINTS, OTHER_MIDDLES, draws)
    if placed == "quantiles":
        return x.quantile((torch.arange(count, dtype=torch.float64) + 0.5) / count)
    starts = [x[torch.randperm(len(x), generator=draws)[:count]] for _ in range(STARTS)]
    return best_of(x, starts).sort().values


def held_out_error(x: Tensor, t: Tensor, c: Tensor, sigma: float, tests: Tensor) -> float:
    v = output_weights(bumps(x, c, sigma), t)
    return (output(bumps(tests, c, sigma), v) - curve(tests)).square().mean().sqrt().item()


@torch.inference_mode()
def run(controls: RbfNetworkControls, device: str) -> RbfNetworkResult:
    c, draws = controls, generator(controls.seed)
    x, tests = clustered(POINTS, MIDDLES, draws), clustered(TESTS, MIDDLES, draws)
    t = noisy(x, draws)
    placed, even = centres(c.placed, c.bumps, x, c.seed), centres("evenly", c.bumps, x, c.seed)
    v = output_weights(bumps(x, placed, c.width), t)
    shown = bumps(GRID, placed, c.width)
    return RbfNetworkResult(
        c, x, t, placed, v, shown, output(shown, v),
        held_out_error(x, t, placed, c.width, tests),
        held_out_error(x, t, even, c.width, tests),
        [held_out_error(x, t, placed, width, tests) for width in WIDTHS],
        [condition_number(placed, width) for width in WIDTHS],
        2 * c.bumps + 1,
    )  # fmt: skip


def measure(result: RbfNetworkResult) -> Measurements:
    narrow, wide = WIDTHS.index(0.01), WIDTHS.index(0.5)
    return {
        "error": result.error,
        "even_error": result.even_error,
        "error_over_even": result.error / result.even_error,
        "condition_number_of_narrow_bumps": result.conditions[narrow],
        "condition_number_of_wide_bumps": result.conditions[wide],
        "error_of_narrow_bumps": result.by_width[narrow],
        "error_of_wide_bumps": result.by_width[wide],
        "largest_weight": result.weights.abs().max().item(),
    }
