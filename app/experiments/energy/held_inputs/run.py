"""A liquid cell's state in closed form, the input held for a second, against its differential equation; and the gated
form, which is trained."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.continuous.cfc import Input, fused_substeps, held_input, liquid_slope, settling_at_a
from models.continuous.solvers import runge_kutta_step
from models.data.damped_waves import MEAN_GAP, Waves, waves
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.damped_waves import LENGTH, SEEN, error, pretrained

POTENTIAL = 1.0
SECONDS, FINE, WAVES, ROWS = 12, 40, 96, 192
SLOWEST, FASTEST = 0.05, 6.0

Form = Literal["settles at f A / (w + f)", "settles at A"]
FORMS = {"settles at f A / (w + f)": held_input, "settles at A": settling_at_a}
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


class Courses(NamedTuple):
    """States at whole seconds (SECONDS, ...)."""

    solution: Tensor
    closed: Tensor
    solver: Tensor


def courses(speed: Tensor, phase: Tensor, form: Form, leak: float, steps: int) -> Courses:
    """For inputs sin(speed · t + phase), which the closed form reads once, in the middle of each second."""
    u = lambda time: torch.sin(speed * time + phase)
    zero = torch.zeros(torch.broadcast_shapes(speed.shape, phase.shape), dtype=torch.double)
    state = [zero, zero, zero]
    found = []
    for second in range(SECONDS):
        start = torch.tensor(second, dtype=torch.double)
        exact = state[0]
        for part in range(FINE // 2):  # the input at the middle of a Runge–Kutta step is that of a doubled one
            exact = _step(exact, u, second + part / (FINE // 2), 2 / FINE, leak)
        state = [
            exact,
            FORMS[form](state[1], u(start + 0.5), 1.0, leak, POTENTIAL),
            fused_substeps(state[2], u, start, 1.0, leak, POTENTIAL, steps),
        ]
        found.append(state)
    return Courses(*(torch.stack(parts) for parts in zip(*found)))


def _step(x: Tensor, u: Input, time: float, h: float, leak: float) -> Tensor:
    """A Runge–Kutta step of state and time together."""
    together = torch.stack([x, torch.full_like(x, time)])
    slope = lambda both: torch.stack([liquid_slope(both[0], u(both[1]), leak, POTENTIAL), torch.ones_like(both[1])])
    return runge_kutta_step(slope, together, h)[0]


def phases(seed: int) -> Tensor:
    return 2 * math.pi * torch.rand(WAVES, generator=generator(seed)).double()


def errors(speeds: Tensor, form: Form, leak: float, steps: int, seed: int) -> tuple[Tensor, Tensor]:
    """Root mean square error of closed form and solver at each speed (S,), over seconds and phases."""
    found = courses(speeds[:, None], phases(seed), form, leak, steps)
    off = lambda course: (course - found.solution).square().mean((0, 2)).sqrt()
    return off(found.closed), off(found.solver)


@memo
def along(form: Form, leak: float, steps: int, seed: int) -> tuple[Tensor, Tensor, Tensor, float]:
    """Speeds, the errors at each, and the speed at which the closed form begins to err more than the solver."""
    speeds = torch.logspace(math.log10(SLOWEST), math.log10(FASTEST), 20, dtype=torch.double)
    closed, solver = errors(speeds, form, leak, steps, seed)
    behind = (closed > solver).nonzero()[:, 0].tolist()
    if not behind or behind[0] == 0:
        return speeds, closed, solver, math.nan
    between = torch.linspace(speeds[behind[0] - 1].item(), speeds[behind[0]].item(), 9, dtype=torch.double)
    gap = torch.sub(*errors(between, form, leak, steps, seed))
    place = int((gap > 0).nonzero()[0])
    share = (gap[place - 1] / (gap[place - 1] - gap[place])).item() if place else 0.0
    crossing = between[max(place - 1, 0)].item() + share * (between[1] - between[0]).item()
    return speeds, closed, solver, crossing


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
            solution.append(_step(solution[-1], u, time - 1 / parts, 1 / parts, c.leak))
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
