"""Trained cells follow a quantity of changing pace: their time constants, and how far a measurement moves them."""

from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.energy.changing_pace.pace import Gains, effective_times, gains
from app.experiments.memo import memo
from models.continuous.liquid import LiquidCells, LiquidSolver
from models.continuous.liquid_reader import LiquidReader
from models.data.changing_pace import Flag, Paced, best_possible, paced
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.changing_pace import CELLS, LENGTH, UNFOLDS, error, pretrained

ROWS, SOME, MOST = 192, 48, 1e6
"""``SOME`` rows have effective time constants. ``MOST``: a state that has left all bounds is not followed further."""

KINDS: dict[Flag, str] = {"true": "liquid", "inverted": "liquid_inverted", "unrelated": "liquid_unrelated"}
Trained = Literal["in busy stretches", "in quiet stretches", "in those of another sequence"]
FLAGS: dict[Trained, Flag] = dict(zip(get_args(Trained), KINDS, strict=True))


class PaceControls(Controls):
    flag: Trained = Field("in busy stretches", title="Flag is on", description="In training and here")
    solver: LiquidSolver = Field("fused", title="Solver of the cells")
    unfolds: int = Field(UNFOLDS, ge=1, le=12, title="Steps of the solver", description="Between two measurements")
    sequence: int = Field(0, ge=0, le=9, title="Sequence shown")


class PaceResult(NamedTuple):
    controls: PaceControls
    shown: Paced  # one sequence
    estimate: Tensor  # (T,)
    time_constants: Tensor  # (T, 2) of the two cells with the most weight in the estimate, in seconds
    cells: list[int]
    gains: dict[str, Gains]  # of the liquid cells and of the leaky ones
    errors: dict[str, float]  # mean squared, on held-out sequences
    outside: float  # share of states beyond all potentials
    farthest: float  # largest state, as a multiple of the largest potential
    longest: Tensor  # (T,) effective time constant of all cells together, the longest one, in seconds
    together: Gains  # its median
    quiet_time: float  # seconds: geometric mean of the two cells' time constants
    busy_time: float
    parameters: int


def solved_by(model: LiquidReader, solver: LiquidSolver, unfolds: int) -> LiquidReader:
    """The same weights with another solver."""
    if (solver, unfolds) == ("fused", UNFOLDS):
        return model
    other = LiquidReader(LiquidCells(2, CELLS, unfolds=unfolds, solver=solver), CELLS, 1)
    other.load_state_dict(model.state_dict())
    return other.requires_grad_(False)


@memo
def compared(seed: int) -> dict[str, float]:
    """Squared errors on the same held-out sequences of what is drawn beside the liquid cells."""
    data = paced(ROWS, LENGTH, generator(seed + 1))
    return {
        "leaky cells": error(pretrained("leaky", seed % TRAININGS), data),
        "GRU with gaps": error(pretrained("gru", seed % TRAININGS), data),
        "best possible": (best_possible(data) - data.y).square().mean().item(),
    }


@memo
def leaky_gains(seed: int) -> Gains:
    return gains(pretrained("leaky", seed % TRAININGS), paced(ROWS, LENGTH, generator(seed + 1)))


@torch.no_grad()
def run(controls: PaceControls, device: str) -> PaceResult:
    """On the CPU whatever the device: eight cells keep no other one busy."""
    c, flag = controls, FLAGS[controls.flag]
    trained = pretrained(KINDS[flag], c.seed % TRAININGS)
    model = solved_by(trained, c.solver, c.unfolds)
    data = paced(ROWS, LENGTH, generator(c.seed + 1), flag)
    found, trace = model(data.x, data.elapsed)
    cells, busy = model.cells, data.busy > 0
    pulls = torch.cat([cells.from_input.E.flatten(), cells.from_cells.E.flatten(), cells.rest, torch.zeros(1)])
    below, above = pulls.min(), pulls.max()
    beyond = ((trace.states < below - 1e-5) | (trace.states > above + 1e-5) | trace.states.isnan()).float().mean()
    weight = model.readout.weight[0].abs() * trained(data.x, data.elapsed)[1].states.std((0, 1))  # (D,)
    heavy = weight.argsort(descending=True)[:2].tolist()
    taus = trace.time_constants[..., heavy]  # (B, T, 2)
    some = Paced(*(part[:SOME] for part in data))
    longest = effective_times(model, some)
    typical = lambda chosen: longest[chosen].nanmedian().item()
    middle = lambda chosen: taus[chosen].log().mean().exp().item()
    one = Paced(*(part[c.sequence] for part in data))
    return PaceResult(
        c, one, found[c.sequence, :, 0], taus[c.sequence], heavy,
        {"liquid cells": gains(model, data), "leaky cells": leaky_gains(c.seed)},
        {"liquid cells": error(model, data), **compared(c.seed)},
        beyond.item(), (trace.states.abs().nan_to_num(MOST).max() / pulls.abs().max()).clamp(max=MOST).item(),
        longest[c.sequence], Gains(typical(some.busy <= 0), typical(some.busy > 0)), middle(~busy), middle(busy),
        sum(weight.numel() for weight in model.parameters()),
    )  # fmt: skip


def measure(result: PaceResult) -> Measurements:
    liquid, leaky = result.gains["liquid cells"], result.gains["leaky cells"]
    errors = result.errors
    return {
        "follow_busy_over_quiet": liquid.busy / liquid.quiet,
        "leaky_follow_busy_over_quiet": leaky.busy / leaky.quiet,
        "follow_quiet": liquid.quiet,
        "follow_busy": liquid.busy,
        "squared_error": errors["liquid cells"],
        "leaky_over_liquid": errors["leaky cells"] / errors["liquid cells"],
        "gru_over_liquid": errors["GRU with gaps"] / errors["liquid cells"],
        "best_possible_squared_error": errors["best possible"],
        "outside_percent": 100 * result.outside,
        "largest_state_over_potential": result.farthest,
        "quiet_effective_time_s": result.together.quiet,
        "busy_effective_time_s": result.together.busy,
        "quiet_time_constant_s": result.quiet_time,
        "busy_time_constant_s": result.busy_time,
    }
