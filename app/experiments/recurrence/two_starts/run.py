"""Twenty reservoirs, each from two starting states under one input: how far apart the two states stay."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.recurrence.echo_state import (
    effective_matrix,
    largest_singular_value,
    random_reservoir,
    reservoir_distances,
    spectral_radius,
)
from models.seeding import generator

RESERVOIRS, UNITS, STEPS = 20, 60, 300
DENSITY = 0.2
TWO_UNITS = torch.tensor([[2.0, 0.4], [-5.5, -0.7]])
"""Spectral radius 0.89, largest singular value 5.9: without input it has more than one state to stay in."""
TWO_STARTS = torch.tensor([[0.1, 0.1], [0.2, 0.2]])
SHOWN_STEPS = 40
BELOW_ONE = 0.95
FORGOTTEN = 1e-3
"""Two states closer than this count as one."""

Matrix = Literal["random", "two units"]
Measure = Literal["spectral radius", "largest singular value"]


class TwoStartsControls(Controls):
    scaled: Measure = Field("spectral radius", title="W is scaled by its")
    size: float = Field(
        1.2,
        ge=0.1,
        le=2,
        multiple_of=0.05,
        title="Scaled to",
        description="The size that W gets",
    )
    input_scale: float = Field(1.0, ge=0, le=4, multiple_of=0.01, title="Input scale", description="0: no input")
    leak: float = Field(1.0, ge=0.1, le=1, multiple_of=0.1, title="Leak rate α")
    matrix: Matrix = Field("random", title="Reservoirs", description="Random, or one fixed matrix of two units")
    sign: Literal["as sampled", "flipped"] = Field("as sampled", title="Sign of the input", json_schema_extra=MORE)


class Drawn(NamedTuple):
    """What a seed determines."""

    w: Tensor  # (R, N, N) still to be scaled
    w_in: Tensor  # (R, N)
    u: Tensor  # (T,)
    starts: Tensor  # (2, R, N)


class TwoStartsResult(NamedTuple):
    controls: TwoStartsControls
    driven: Tensor  # (T + 1, R) distance of the two states
    undriven: Tensor  # (T + 1, R) without input
    below_one: Tensor  # (R,) last distance without input at spectral radius BELOW_ONE; of two units as they are
    paths: Tensor  # (2, SHOWN_STEPS, 2) of the two units without input, from two starts
    radius: float  # of the matrix that passes differences on, mean
    singular_value: float


@memo
def drawn(seed: int, matrix: Matrix) -> Drawn:
    draws = generator(seed)
    if matrix == "random":
        w = torch.stack([random_reservoir(UNITS, DENSITY, draws) for _ in range(RESERVOIRS)])
    else:
        w = TWO_UNITS.expand(RESERVOIRS, -1, -1)
    w_in = 2 * torch.rand(*w.shape[:2], generator=draws) - 1
    u = 2 * torch.rand(STEPS, generator=draws) - 1
    return Drawn(w, w_in, u, 2 * torch.rand(2, *w.shape[:2], generator=draws) - 1)


def scaled(w: Tensor, what: Measure, size: float) -> Tensor:
    """Each matrix of w (R, N, N) with that spectral radius, or that largest singular value."""
    now = spectral_radius(w) if what == "spectral radius" else largest_singular_value(w)
    return w * (size / now)[:, None, None]


@memo
def distances(controls: TwoStartsControls) -> tuple[Tensor, Tensor, Tensor]:
    """Driven and undriven distances (T + 1, R) and the matrices (R, N, N)."""
    c, given = controls, drawn(controls.seed, controls.matrix)
    w = scaled(given.w, c.scaled, c.size) if c.matrix == "random" else given.w
    u = given.u * (c.input_scale if c.sign == "as sampled" else -c.input_scale)
    driven, undriven = reservoir_distances(given.starts, torch.stack([u, 0 * u]), given.w_in, w, c.leak)
    return driven, undriven, w


@torch.inference_mode()
def run(controls: TwoStartsControls, device: str) -> TwoStartsResult:
    c = controls
    driven, undriven, w = distances(c)
    quiet = distances(
        TwoStartsControls(size=BELOW_ONE, input_scale=0, leak=c.leak, matrix=c.matrix, seed=c.seed)
    )[1]  # fmt: skip
    x, states = TWO_STARTS, []
    for _ in range(SHOWN_STEPS):
        states.append(x)
        x = (x @ TWO_UNITS.T).tanh()
    passed_on = torch.stack([effective_matrix(one, c.leak) for one in w])
    return TwoStartsResult(
        controls,
        driven,
        undriven,
        quiet[-1],
        torch.stack(states, dim=1),
        spectral_radius(passed_on).mean().item(),
        largest_singular_value(w).mean().item(),
    )


def largest_growth(distance: Tensor) -> float:
    """The largest ratio of two distances (T + 1, R) that follow each other, while they can be told from rounding."""
    before, after = distance[:-1], distance[1:]
    ratio = (after / before)[before > FORGOTTEN]
    return ratio.max().item() if len(ratio) else 0.0


def measure(result: TwoStartsResult) -> Measurements:
    driven, undriven = result.driven[-1], result.undriven[-1]
    ratio = driven.quantile(0.5).item() / max(undriven.quantile(0.5).item(), 1e-30)
    return {
        "driven_distance": driven.quantile(0.5).item(),
        "undriven_distance": undriven.quantile(0.5).item(),
        "driven_over_undriven": ratio,
        "powers_of_ten_by_input": -math.log10(max(ratio, 1e-30)) if math.isfinite(ratio) else math.nan,
        "driven_forgotten_share": (driven < FORGOTTEN).float().mean().item(),
        "undriven_forgotten_share": (undriven < FORGOTTEN).float().mean().item(),
        "largest_distance_at_radius_below_one": result.below_one.max().item(),
        "largest_growth_per_step": max(largest_growth(result.driven), largest_growth(result.undriven)),
        "effective_radius": result.radius,
        "largest_singular_value": result.singular_value,
    }
