"""States of one liquid cell under a moving input: in closed form, by a solver, and nearly exactly."""

import math
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.continuous.cfc import Input, fused_substeps, held_input, liquid_slope, settling_at_a
from models.continuous.solvers import runge_kutta_step
from models.seeding import generator

POTENTIAL = 1.0
SECONDS, FINE, WAVES = 12, 40, 96
SLOWEST, FASTEST = 0.05, 6.0
Form = Literal["settles at f A / (w + f)", "settles at A"]
FORMS = {"settles at f A / (w + f)": held_input, "settles at A": settling_at_a}


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
            exact = exact_step(exact, u, second + part / (FINE // 2), 2 / FINE, leak)
        state = [
            exact,
            FORMS[form](state[1], u(start + 0.5), 1.0, leak, POTENTIAL),
            fused_substeps(state[2], u, start, 1.0, leak, POTENTIAL, steps),
        ]
        found.append(state)
    return Courses(*(torch.stack(parts) for parts in zip(*found)))


def exact_step(x: Tensor, u: Input, time: float, h: float, leak: float) -> Tensor:
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
