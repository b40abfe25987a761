"""A flow of coupling layers that learns points of the plane by maximum likelihood: in parts, so that a page shows each.

The pages on flows and on coupling layers train alike; a course is kept, so that what differs elsewhere shares it.
"""

import copy
import math
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.points import read_points
from models.data.points import MIXTURE, Draw, moons, of_mixture
from models.generative.mixtures import Mixture, islands, log_density, ring, two_modes
from models.generative.normalizing_flow import Flow, drawn_flow, negative_log_likelihood
from models.seeding import generator

PARTS, BATCH, LEARNING_RATE = 10, 128, 0.01

TRUTHS: dict[str, Mixture] = {
    "two islands": two_modes(3.2, deviation=0.35),
    "three islands": MIXTURE,
    "ring of eight": ring(8, radius=2.0, deviation=0.2),
}
BASES: dict[str, Mixture] = {
    "one normal": Mixture(torch.ones(1), torch.zeros(1, 2), torch.ones(1)),
    "two modes, far apart": two_modes(4.8, deviation=0.6),
    "two modes, overlapping": two_modes(1.2, deviation=0.6),
}
OWN_DEVIATION = 0.35
"""Of an island where a visitor clicked."""


class Lesson(NamedTuple):
    """What a flow is to learn and how; hashable."""

    data: str  # “moons” or a key of ``TRUTHS``
    own: str  # points of a visitor, which are the data where there are any
    base: str
    order: tuple[bool, ...]  # per layer, whether the first half passes
    width: int
    counted: bool  # whether log |det J| is part of the loss
    steps: int
    seed: int  # of the weights
    batches: int  # seed of the points


class Course(NamedTuple):
    """A flow so far, and what it needs to go on."""

    flow: Flow
    optimizer: torch.optim.Adam
    draws: Tensor  # state of the generator
    losses: Tensor  # of this part’s batches


def truth_of(data: str, own: str) -> Mixture:
    """The density of the data, known exactly: that of the clicked islands, where there are any."""
    means = read_points(own).points  # (K, 2)
    return islands(means, OWN_DEVIATION) if len(means) else TRUTHS[data]


def drawn(data: str, own: str) -> Draw:
    """How points of the data are sampled."""
    if data == "moons":
        return moons
    return of_mixture(truth_of(data, own))


def learned_log_density(flow: Flow, x: Tensor, counted: bool) -> Tensor:
    """log p(x), or log p_z(f(x)) alone.  (P,)"""
    log_p, trace = flow(x)
    return log_p if counted else log_density(flow.base, trace.states[-1])


@memo
@torch.enable_grad()
def course(lesson: Lesson, part: int) -> Course:
    """After that many of ``PARTS`` parts; the rate falls to zero along half a cosine."""
    if not part:
        flow = drawn_flow(lesson.order, lesson.width, BASES[lesson.base], lesson.seed)
        optimizer = torch.optim.Adam(flow.parameters(), LEARNING_RATE, fused=True)
        return Course(flow, optimizer, generator(lesson.batches).get_state(), torch.zeros(0))
    before, points = course(lesson, part - 1), drawn(lesson.data, lesson.own)
    flow, optimizer = copy.deepcopy((before.flow, before.optimizer))
    draws = torch.Generator()
    draws.set_state(before.draws)
    each, losses = lesson.steps // PARTS, []
    for step in range(each * (part - 1), each * part):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 + math.cos(math.pi * step / lesson.steps)) / 2
        loss = negative_log_likelihood(learned_log_density(flow, points(BATCH, draws), lesson.counted))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return Course(flow, optimizer, draws.get_state(), torch.stack(losses))
