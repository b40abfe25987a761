"""A flow of coupling layers learns points of the plane whose true density is known, while the reader watches."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.flow_course import PARTS, Lesson, course, learned_log_density, truth_of
from app.experiments.live_training import PAUSE_SECONDS, Progress
from app.experiments.points import Points
from models.generative.change_of_variables import jacobian
from models.generative.mixtures import Mixture, log_density, mode_shares, sample
from models.generative.normalizing_flow import Flow, excess, integral, negative_log_likelihood
from models.parameter_count import parameter_count
from models.seeding import generator

HELD_OUT, SAMPLES, CHECKED = 4000, 20_000, 50
"""``SAMPLES`` and ``CELLS`` when training is over; fewer before."""

REACH, CELLS = 6.0, 200
"""The plane of the integral: −``REACH`` … ``REACH`` both ways, in ``CELLS``² cells."""

STRAY = 4.0
"""Deviations from the nearest mode beyond which a point is a stray."""


class FlowLayerControls(Controls):
    data: Literal["two islands", "three islands", "ring of eight"] = Field("two islands", title="Data")
    own: Points = Field("", title="Own islands", description="A click puts an island there instead, in either colour")
    base: Literal["one normal", "two modes, far apart", "two modes, overlapping"] = Field(
        "one normal", title="Base distribution"
    )
    layers: Literal[2, 4, 6, 8, 12] = Field(6, title="Coupling layers")
    determinant: Literal["counted", "left out"] = Field("counted", title="log |det J| in the loss")
    steps: int = Field(500, ge=100, le=2000, multiple_of=100, title="Training steps")
    width: Literal[8, 32, 64] = Field(32, title="Hidden units per layer", json_schema_extra=MORE)


class FlowLayerResult(NamedTuple):
    controls: FlowLayerControls
    progress: Progress[float]  # loss of held-out points, nats per point, as it was trained
    losses: Tensor  # (steps so far,)
    held_out: Tensor  # (HELD_OUT, 2)
    log_p: Tensor  # (HELD_OUT,) by the flow, without the determinant where that is left out
    log_truth: Tensor  # (HELD_OUT,)
    plane: Tensor  # (C, C) log density of the flow in the cells of the plane, first coordinate first
    plane_truth: Tensor  # (C, C)
    states: Tensor  # (L + 1, S, 2) from the base to samples
    stray: Tensor  # (S,) whether a sample is one
    stray_truth: float  # share of the true distribution
    lines: Tensor  # (L + 1, N, M, 2) a grid of the base on the same way
    log_det_difference: float  # largest, from automatic differentiation
    round_trip: float  # largest distance between a base point and what its sample is taken back to
    parameters: int


def cells(count: int = CELLS) -> tuple[Tensor, float]:
    """Middles of the cells of the plane (count², 2), first coordinate first, and the area of one."""
    edge = 2 * REACH / count
    middle = -REACH + edge * (torch.arange(count) + 0.5)
    return torch.cartesian_prod(middle, middle), edge**2


def strays(truth: Mixture, x: Tensor) -> Tensor:
    """Whether each point (P, 2) lies more than ``STRAY`` deviations from every mode."""
    squares = (x[:, None] - truth.means).square().sum(-1) / truth.variances  # (P, K)
    return squares.min(-1).values > STRAY**2


def base_lines(reach: float = 3.0, count: int = 9, along: int = 25) -> Tensor:
    """Vertical and horizontal lines of the base's plane.  (2 count, along, 2)"""
    place, way = torch.linspace(-reach, reach, count), torch.linspace(-reach, reach, along)
    at, to = place[:, None].expand(-1, along), way.expand(count, -1)
    return torch.cat([torch.stack([at, to], -1), torch.stack([to, at], -1)])


@torch.no_grad()
def result_of(
    c: FlowLayerControls, flow: Flow, progress: Progress[float], losses: Tensor, held_out: Tensor
) -> FlowLayerResult:
    truth, counted = truth_of(c.data, c.own), c.determinant == "counted"
    count, samples = (CELLS, SAMPLES) if progress.done else (CELLS // 4, SAMPLES // 10)
    plane, area = cells(count)
    plane_truth = log_density(truth, plane)
    states = flow.generate(sample(flow.base, samples, generator(c.seed + 3))[0])
    lines = base_lines()
    few = held_out[:CHECKED]
    J = jacobian(lambda x: flow(x)[1].states[-1], few)  # (CHECKED, 2, 2)
    difference = flow(few)[1].log_dets.sum(0) - torch.linalg.slogdet(J).logabsdet
    back = flow(states[-1])[1].states[-1]
    return FlowLayerResult(
        c, progress, losses, held_out, learned_log_density(flow, held_out, counted),
        log_density(truth, held_out),
        learned_log_density(flow, plane, counted).view(count, count), plane_truth.view(count, count),
        states, strays(truth, states[-1]), (plane_truth.exp()[strays(truth, plane)].sum() * area).item(),
        flow.generate(lines.flatten(0, 1)).unflatten(1, lines.shape[:2]), difference.abs().max().item(),
        (back - states[0]).norm(dim=-1).max().item(), parameter_count(flow),
    )  # fmt: skip


def run(controls: FlowLayerControls, device: str) -> Iterator[FlowLayerResult]:
    """On the CPU whatever the device: layers of some dozen units keep no other one busy."""
    c, counted = controls, controls.determinant == "counted"
    order = tuple(layer % 2 == 0 for layer in range(c.layers))
    lesson = Lesson(c.data, c.own, c.base, order, c.width, counted, c.steps, c.seed, c.seed + 1)
    held_out = sample(truth_of(c.data, c.own), HELD_OUT, generator(c.seed + 2))[0]
    losses, found, taken, given = list[Tensor](), list[float](), list[int](), -PAUSE_SECONDS
    for part in range(PARTS + 1):
        now = course(lesson, part)
        losses.append(now.losses)
        with torch.no_grad():
            found.append(negative_log_likelihood(learned_log_density(now.flow, held_out, counted)).item())
        taken.append(part * c.steps // PARTS)
        if part == PARTS or (part and time.perf_counter() - given > PAUSE_SECONDS):
            progress = Progress(list(found), list(taken), taken[-1], c.steps)
            yield result_of(c, now.flow, progress, torch.cat(losses), held_out)
            given = time.perf_counter()


def measure(result: FlowLayerResult) -> Measurements:
    _, area = cells(len(result.plane))
    stray, truth = result.stray.float().mean().item(), truth_of(result.controls.data, result.controls.own)
    return {
        "held_out_loss_nats": result.progress.newest,
        "true_entropy_nats": negative_log_likelihood(result.log_truth).item(),
        "excess_nats": excess(result.log_p, result.log_truth).item(),
        "integral": integral(result.plane, area).item(),
        "stray_percent": 100 * stray,
        "stray_of_the_truth_percent": 100 * result.stray_truth,
        "points_at_a_mode_percent": 100 * mode_shares(truth, result.states[-1]).sum().item(),
        "stray_over_truth": stray / result.stray_truth,
        "log_det_difference": result.log_det_difference,
        "round_trip_error": result.round_trip,
    }
