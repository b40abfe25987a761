"""Plain and gated networks of 57 weights learn two functions of two inputs: a smooth one and one with a corner."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.transformers.recorded_arms import gains
from models.approximation.gated_fits import (
    Fit,
    GatedFit,
    Join,
    bilinear,
    relative_error,
    swish_plus,
)
from models.layers.activations import gelu, relu
from models.layers.geglu import geglu
from models.layers.swiglu import swiglu
from models.parameter_count import parameter_count
from models.seeding import generator

RESTARTS, PLAIN_HIDDEN, GATED_HIDDEN = 6, 14, 8
"""Networks of each kind per function; hidden neurons of a plain and of a gated one: 57 weights each."""

POINTS, REACH, GRID = 160, 2.0, 25
STEPS, RATE, SNAPSHOTS = 500, 0.03, 10

Smooth = Literal["x·y", "x² − y²"]
Corner = Literal["|x|", "|x + y|/√2", "x²"]
Joined = Literal["Swish(gate) × value", "GELU(gate) × value", "gate × value", "Swish(gate) + value"]

TARGETS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "x·y": lambda x, y: x * y,
    "x² − y²": lambda x, y: x**2 - y**2,
    "|x|": lambda x, y: x.abs(),
    "|x + y|/√2": lambda x, y: (x + y).abs() / 2**0.5,
    "x²": lambda x, y: x**2,
}
JOINS: Mapping[Joined, Join] = {
    "Swish(gate) × value": swiglu,
    "GELU(gate) × value": geglu,
    "gate × value": bilinear,
    "Swish(gate) + value": swish_plus,
}


class FitControls(Controls):
    smooth: Smooth = Field("x·y", title="Smooth function")
    corner: Corner = Field("|x|", title="Function with a corner")
    joined: Joined = Field("Swish(gate) × value", title="Neurons of the gated network")
    steps: int = Field(STEPS, ge=100, le=1600, multiple_of=100, title="Steps of training", json_schema_extra=MORE)


class FitResult(NamedTuple):
    controls: FitControls
    kinds: list[str]  # the three kinds of network
    progress: Progress[Tensor]  # median relative error by function and kind, (2, 3)
    exchanged: Tensor  # (2,) the gated networks', with gate and value exchanged after training
    maps: Tensor  # (2, 3, G, G) |ŷ − y| of the median network, in standard deviations of y
    parameters: int


def targets_of(c: FitControls, *inputs: Tensor) -> list[Tensor]:
    """Both functions at each set of points (N, 2), (2, 1, N); scaled to mean 0 and variance 1 on the first set."""
    found = [torch.stack([TARGETS[name](x[:, 0], x[:, 1]) for name in (c.smooth, c.corner)]) for x in inputs]
    mean, deviation = found[0].mean(dim=1, keepdim=True), found[0].std(dim=1, keepdim=True)
    return [((y - mean) / deviation)[:, None] for y in found]


def uniform(count: int, draws: torch.Generator) -> Tensor:
    return REACH * (2 * torch.rand(count, 2, generator=draws) - 1)


def gated_name(joined: Joined) -> str:
    return {"Swish(gate) × value": "SwiGLU", "GELU(gate) × value": "GEGLU", "gate × value": "bilinear"}.get(
        joined, "sum, no product"
    )


def run(controls: FitControls, device: str) -> Iterator[FitResult]:
    """On the CPU whatever the device: 48 networks of 57 weights keep no other one busy."""
    c, draws = controls, generator(controls.seed)
    x = uniform(POINTS, draws)
    side = torch.linspace(-REACH, REACH, GRID)
    grid = torch.cartesian_prod(side, side).flip(-1)  # (G², 2)
    everywhere, y = targets_of(c, grid, x)
    both = 2 * RESTARTS
    models = {
        "ReLU": Fit(both, PLAIN_HIDDEN, c.seed + 1, relu),
        "GELU": Fit(both, PLAIN_HIDDEN, c.seed + 2, gelu),
        gated_name(c.joined): GatedFit(both, GATED_HIDDEN, c.seed + 3, JOINS[c.joined]),
    }
    gated = models[gated_name(c.joined)]
    assert isinstance(gated, GatedFit)
    optimiser = torch.optim.Adam([weight for model in models.values() for weight in model.parameters()], RATE)
    done = 0

    def step() -> None:
        nonlocal done
        optimiser.param_groups[0]["lr"] = RATE * (1 - done / c.steps)
        done += 1
        optimiser.zero_grad(set_to_none=True)
        torch.stack([_errors(model(x)[0], y).sum() for model in models.values()]).sum().backward()
        optimiser.step()

    @torch.no_grad()
    def evaluate() -> Tensor:
        found = [_errors(model(grid)[0], everywhere).median(dim=1).values for model in models.values()]
        return torch.stack(found, dim=1)

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            maps = torch.stack([_map(model, grid, everywhere) for model in models.values()], dim=1)
            exchanged = _errors(gated.exchanged(grid), everywhere).median(dim=1).values
        yield FitResult(c, list(models), progress, exchanged, maps, parameter_count(gated) // both)


def _errors(outputs: Tensor, targets: Tensor) -> Tensor:
    """Relative errors of all networks, (2, R): the first half learns the smooth function."""
    return relative_error(outputs.unflatten(0, (2, -1)), targets)


def _map(model: Fit, grid: Tensor, targets: Tensor) -> Tensor:
    """|ŷ − y| of the network with the median error, for each function: (2, G, G)."""
    y = model(grid)[0].unflatten(0, (2, -1))  # (2, R, G²)
    middle = relative_error(y, targets).median(dim=1).indices  # (2,)
    return (y[torch.arange(2), middle] - targets[:, 0]).abs().unflatten(1, (GRID, GRID))


def measure(result: FitResult) -> Measurements:
    (smooth_relu, smooth_gelu, smooth_gated), (corner_relu, corner_gelu, corner_gated) = result.progress.newest.tolist()
    gain = gains("swiglu", "gelu")
    return {
        "smooth_gated_error": smooth_gated,
        "smooth_relu_error": smooth_relu,
        "smooth_gelu_error": smooth_gelu,
        "corner_gated_error": corner_gated,
        "corner_relu_error": corner_relu,
        "corner_gelu_error": corner_gelu,
        "smooth_gated_over_relu": smooth_gated / smooth_relu,
        "corner_relu_over_gated": corner_relu / corner_gated,
        "exchanged_error": result.exchanged[0].item(),
        "exchanged_over_trained": result.exchanged[0].item() / smooth_gated,
        "language_gain_nats": gain.mean().item(),
        "language_gain_spread_nats": gain.std().item(),
        "language_pairs_higher": int((gain < 0).sum()),
        "steps_done": result.progress.step,
    }
