"""A Kolmogorov–Arnold network and two perceptrons of as many parameters learn a formula of two numbers."""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.other.kan_training import CURVE, GRIDS, STARTS, Fit, KANFit, LayerWeights, Points, points_of
from models.approximation.kan import KAN, edge_curves
from models.approximation.tanh_network import TanhNetwork, widths_of
from models.data.formulas_of_two import PARTS, Parts

STEPS = 12
"""On each grid, from 3 intervals to the finest."""

SHOWN = 4
"""Snapshots per grid."""

FOUND = 0.99
"""Correlation above which a curve is taken for its function."""


class KANControls(Controls):
    formula: Literal["exp(sin πx + y²)", "log(1.3 + cos 3x + |y|³)", "waves in four directions"] = Field(
        "exp(sin πx + y²)", title="Formula to learn"
    )
    hidden: Literal[1, 2, 3] = Field(1, title="Hidden nodes")
    grid: Literal[3, 5, 10, 20, 40] = Field(10, title="Finest grid", description="Intervals; trained from 3 upwards")
    reach: float = Field(
        1.0, ge=0.25, le=2, multiple_of=0.25, title="Grid reaches to ±", description="Inputs lie between −1 and 1"
    )
    points: Literal[60, 100, 200, 400] = Field(400, title="Training points")
    noise: float = Field(
        0.0, ge=0, le=0.5, multiple_of=0.05, title="Noise on the targets", description="In their standard deviations"
    )
    degree: Literal[1, 2, 3] = Field(3, title="Degree of the splines", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """All networks at one step."""

    layers: list[LayerWeights]
    ranges: list[tuple[Tensor, Tensor]]  # per layer, lowest and highest input (R, 1, I)


class KANResult(NamedTuple):
    controls: KANControls
    points: Points
    progress: Progress[Snapshot]
    best: int  # the network with the lowest training error
    errors: Tensor  # (steps so far,) on held-out points
    training_errors: Tensor  # (steps so far,)
    perceptron_errors: Tensor  # (2, steps so far) of one and of two hidden layers
    perceptron_widths: list[list[int]]
    parameters: int
    perceptron_parameters: list[int]


def grids_of(finest: int) -> tuple[int, ...]:
    return tuple(grid for grid in GRIDS if grid <= finest)


def run(controls: KANControls, device: str) -> Iterator[KANResult]:
    """On the CPU whatever the device: some dozen parameters keep no other one busy."""
    c, grids = controls, grids_of(controls.grid)
    points = points_of(c.formula, c.points, c.noise, c.seed)
    own = KANFit(
        KAN([2, c.hidden, 1], grids[0], c.degree, c.seed, networks=STARTS, reach=c.reach), points, grids, STEPS
    )
    size = 3 * c.hidden * (c.grid + c.degree + 1)
    widths = [widths_of(size, 2, layers) for layers in (1, 2)]
    others = [Fit(TanhNetwork(each, c.seed, STARTS), points) for each in widths]

    errors: list[list[float]] = []  # per step, of each of the three

    def step() -> None:
        for fit in (own, *others):
            fit.step()
        errors.append([fit.held_out_error() for fit in (own, *others)])

    def evaluate() -> Snapshot:
        return Snapshot(own.weights(), own.ranges())

    for progress in training(step, evaluate, STEPS * len(grids), SHOWN * len(grids)):
        by_network = torch.tensor(errors).T  # (3, steps so far)
        yield KANResult(
            c, points, progress, own.best, by_network[0], torch.tensor(own.training_errors), by_network[1:], widths,
            own.parameters, [fit.parameters for fit in others],
        )  # fmt: skip


def curves_of(result: KANResult, snapshot: Snapshot, layer: int) -> tuple[Tensor, Tensor]:
    """The curves of one layer of the best network (C, O, I), and where they were taken (C, I)."""
    low, high = (end[result.best] for end in snapshot.ranges[layer])  # (1, I)
    low, high = (low, high) if layer else (torch.full_like(low, -1), torch.ones_like(high))
    at = low + (high - low) * torch.linspace(0, 1, CURVE, dtype=low.dtype)[:, None]  # (C, I)
    knots, base, c = (one[result.best] for one in snapshot.layers[layer])
    return edge_curves(at, knots, result.controls.degree, base, c), at


def parts_of(result: KANResult) -> Parts | None:
    """The functions of one number in the formula, if it is built of such."""
    return PARTS.get(result.controls.formula)


def agreements(result: KANResult) -> Tensor:
    """|correlation| of each curve of the first layer with its function in the formula.  (O, 2)"""
    curves, at = curves_of(result, result.progress.newest, 0)
    parts = parts_of(result)
    if parts is None:
        return torch.full(curves.shape[1:], float("nan"))
    expected = torch.stack([parts.first(at[:, 0]), parts.second(at[:, 1])], -1)  # (C, 2)
    a, b = (one - one.mean(0) for one in (curves, expected[:, None].expand_as(curves)))
    return ((a * b).sum(0) / (a.norm(dim=0) * b.norm(dim=0)).clamp_min(1e-12)).abs()


def measure(result: KANResult) -> Measurements:
    ended = result.perceptron_errors[:, -1]
    found = agreements(result)
    return {
        "error": result.errors[-1].item(),
        "training_error": result.training_errors[-1].item(),
        "perceptron_error": ended.min().item(),
        "one_hidden_layer_error": ended[0].item(),
        "two_hidden_layers_error": ended[1].item(),
        "error_over_perceptron": (result.errors[-1] / ended.min()).item(),
        "lowest_agreement": found.min().item(),
        "curves_found_share": (found > FOUND).double().mean().item() if found.isfinite().all() else math.nan,
        "agreement_of_x": found[:, 0].min().item(),
        "agreement_of_y": found[:, 1].min().item(),
        "kan_parameters": result.parameters,
        "perceptron_parameters": max(result.perceptron_parameters),
    }
