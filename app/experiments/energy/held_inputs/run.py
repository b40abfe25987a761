"""A liquid cell's state in closed form, the input held for a second, against its differential equation; and the gated
form, which is trained."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.energy.held_inputs.courses import (
    FORMS,
    POTENTIAL,
    SECONDS,
    Form,
    along,
    errors,
    exact_step,
    phases,
)
from app.experiments.memo import memo
from models.data.damped_waves import MEAN_GAP, Waves, waves
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.damped_waves import LENGTH, SEEN, error, pretrained

ROWS = 192
"""Held-out waves."""

Cells = Literal["closed form", "closed form, mean gap", "closed form, mean gap after training", "GRU with gaps"]
KINDS: dict[Cells, str] = {
    "closed form": "timed", "closed form, mean gap": "mean_gap", "closed form, mean gap after training": "timed",
    "GRU with gaps": "gru",
}  # fmt: skip


class HeldControls(Controls):
    speed: float = Field(
        0.2, ge=0.05, le=6, multiple_of=0.05, title="Speed of the input", description="Radians per second"
    )
    form: Form = Field("settles at f A / (w + f)", title="Closed form")
    leak: float = Field(0.4, ge=0.1, le=2, multiple_of=0.1, title="Leak w", description="Per second")
    steps: int = Field(6, ge=1, le=24, title="Steps of the solver per second")
    cells: Cells = Field("closed form", title="Trained cells", description="They predict a wave’s next value")


class HeldResult(NamedTuple):
    controls: HeldControls
    time: Tensor  # (SECONDS · FINE + 1,)
    input: Tensor
    solution: Tensor
    closed: Tensor
    speeds: Tensor  # (S,)
    closed_errors: Tensor  # (S,) root mean square, at whole seconds
    solver_errors: Tensor  # (S,)
    closed_error: float  # at the speed in use
    solver_error: float
    crossing: float  # speed at which both err alike; not a number if they never do
    predicted: dict[Cells, float]  # error of each kind of trained cells
    long_over_short: float  # error of the cells in use after long gaps, over that after short ones
    parameters: int


def given_to(kind: Cells, seed: int) -> Waves:
    """Held-out waves as these cells are given them."""
    data = waves(ROWS, LENGTH, generator(seed + 1))
    if kind.endswith("after training"):
        return Waves(data.y, torch.full_like(data.until_next, MEAN_GAP), data.target, data.times)
    return data


@memo
def predicted(kind: Cells, seed: int) -> float:
    """Root mean squared error of the next value on held-out waves."""
    data = given_to(kind, seed)
    return error(pretrained(KINDS[kind], seed % TRAININGS), data)


@memo
@torch.inference_mode()
def long_over_short(kind: Cells, seed: int) -> float:
    """Root mean squared error where the gap to the next value is in its longest quarter, over the shortest quarter."""
    data = given_to(kind, seed)
    gaps = waves(ROWS, LENGTH, generator(seed + 1)).until_next[:, SEEN:]
    off = (pretrained(KINDS[kind], seed % TRAININGS)(data.y, data.until_next)[0] - data.target)[:, SEEN:].square()
    low, high = gaps.quantile(0.25), gaps.quantile(0.75)
    return (off[gaps > high].mean() / off[gaps < low].mean()).sqrt().item()


@torch.inference_mode()
def run(controls: HeldControls, device: str) -> HeldResult:
    """On the CPU whatever the device: one cell keeps no other one busy."""
    c = controls
    given = (c.form, c.leak, c.steps)
    own = torch.tensor([c.speed], dtype=torch.double)
    closed_error, solver_error = (one.item() for one in errors(own, *given, c.seed))
    time, u, solution, closed = _fine(c)
    speeds, closed_errors, solver_errors, crossing = along(*given, c.seed)
    return HeldResult(
        c, time, u, solution, closed, speeds, closed_errors, solver_errors, closed_error, solver_error, crossing,
        {kind: predicted(kind, c.seed) for kind in KINDS}, long_over_short(c.cells, c.seed),
        parameter_count(pretrained(KINDS[c.cells], c.seed % TRAININGS)),
    )  # fmt: skip


def _fine(c: HeldControls) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The first phase's course, ten times a second: time, input, solution, closed form."""
    phase = phases(c.seed)[:1]
    u = lambda time: torch.sin(c.speed * time + phase)
    solution, closed, inputs = [torch.zeros(1).double()], [torch.zeros(1).double()], [u(torch.tensor(0.0))]
    parts = 10
    for second in range(SECONDS):
        begun = closed[-1]
        for part in range(1, parts + 1):
            time = second + part / parts
            solution.append(exact_step(solution[-1], u, time - 1 / parts, 1 / parts, c.leak))
            closed.append(FORMS[c.form](begun, u(torch.tensor(second + 0.5)), part / parts, c.leak, POTENTIAL))
            inputs.append(u(torch.tensor(time)))
    times = torch.linspace(0, SECONDS, SECONDS * parts + 1)
    whole = lambda course: torch.cat(course).double()
    return times, whole(inputs), whole(solution), whole(closed)


def measure(result: HeldResult) -> Measurements:
    own = result.predicted[result.controls.cells]
    return {
        "closed_form_error": result.closed_error,
        "solver_error": result.solver_error,
        "closed_form_over_solver": result.closed_error / result.solver_error,
        "crossing_speed": result.crossing,
        "evaluations_solver": result.controls.steps,
        "closed_form_highest": result.closed.max().item(),
        "solution_highest": result.solution.max().item(),
        "long_gaps_over_short": result.long_over_short,
        "prediction_error": own,
        "mean_gap_error_ratio": result.predicted["closed form, mean gap"] / result.predicted["closed form"],
        "mean_gap_after_error_ratio": (
            result.predicted["closed form, mean gap after training"] / result.predicted["closed form"]
        ),
    }
