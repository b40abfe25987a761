"""Two flows of equal size learn two moons, one with alternating halves; one random layer is looked into."""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.memo import memo
from models.data.points import moons
from models.generative.change_of_variables import jacobian
from models.generative.coupling import (
    AffineCoupling,
    CouplingThatReadsAll,
    drawn_coupling,
    operations_of_determinant,
    round_trip,
)
from models.generative.distances import nearest_distance
from models.generative.mixtures import Mixture
from models.generative.normalizing_flow import Flow, drawn_flow, negative_log_likelihood
from models.parameter_count import parameter_count
from models.seeding import generator, normal

BATCH, HELD_OUT, WIDTH, LAYERS = 128, 3000, 32, 6
LEARNING_RATE = 0.01
SNAPSHOTS = 5
BASE = Mixture(torch.ones(1), torch.zeros(1, 2), torch.ones(1))
FIRST = [True] * LAYERS
ORDERS = {
    "alternating": [True, False] * (LAYERS // 2),
    "alternating, second half first": [False, True] * (LAYERS // 2),
    "fixed": FIRST,
}
READS: dict[str, type[AffineCoupling]] = {
    "the half that passes": AffineCoupling, "both halves": CouplingThatReadsAll
}  # fmt: skip
UNBOUNDED = 1e6
BOUNDS = {"0.5": 0.5, "1": 1.0, "2": 2.0, "none": UNBOUNDED}
DEPTHS = (1, 2, 4, 8, 16, 32)
JUDGED, OFF = 1000, 0.15
"""Samples judged, and the distance from the nearest held-out point beyond which one lies off the data."""

GAIN, POINTS = 2.0, 200
"""Of the random layers, and of the points that go through them and back."""


Bound = Literal["0.5", "1", "2", "none"]


class CouplingControls(Controls):
    halves: Literal["alternating", "alternating, second half first", "fixed"] = Field(
        "alternating", title="Which half passes"
    )
    reads: Literal["the half that passes", "both halves"] = Field("the half that passes", title="s and t read")
    bound: Bound = Field("1", title="Bound of the log-scale s")
    depth: Literal[4, 8, 16, 32] = Field(16, title="Random layers of the round trip")
    size: Literal[4, 8, 16] = Field(8, title="Dimensions of the random layers")
    steps: int = Field(400, ge=100, le=1000, multiple_of=50, title="Training steps", json_schema_extra=MORE)


class CouplingResult(NamedTuple):
    controls: CouplingControls
    progress: Progress[tuple[float, float]]  # held-out losses, nats per point: of the halves chosen, of fixed ones
    held_out: Tensor  # (HELD_OUT, 2)
    samples: Tensor  # (2, HELD_OUT, 2) of the two flows
    jacobian: Tensor  # (D, D) of one random layer at one point
    s: Tensor  # (B,) there
    log_det_difference: float  # of the sum of s from automatic differentiation, largest of POINTS points
    trips: dict[Bound, Tensor]  # bound → median distance after a round trip, per depth of DEPTHS
    parameters: int


@memo
def trips_of(reads: str, bound: str, size: int, seed: int) -> Tensor:
    """Median distance of points from where a round trip through random layers takes them, per depth.  (DEPTHS,)"""
    chain = [
        drawn_coupling(READS[reads], size, WIDTH, seed + 1000 * number, c=BOUNDS[bound], gain=GAIN)
        for number in range(max(DEPTHS))
    ]
    x = normal(POINTS, size, seed=seed)
    return torch.stack([round_trip(chain[:depth], x).nan_to_num(torch.inf).median() for depth in DEPTHS])


def run(controls: CouplingControls, device: str) -> Iterator[CouplingResult]:
    """On the CPU whatever the device: layers of 32 units keep no other one busy."""
    c, bound = controls, BOUNDS[controls.bound]
    flows = [drawn_flow(order, WIDTH, BASE, c.seed + number) for number, order in enumerate((ORDERS[c.halves], FIRST))]
    draws, held_out = generator(c.seed + 1), moons(HELD_OUT, generator(c.seed + 2))
    optimizer = torch.optim.Adam([weight for flow in flows for weight in flow.parameters()], LEARNING_RATE, fused=True)
    done = 0

    def step() -> None:
        nonlocal done
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 + math.cos(math.pi * done / c.steps)) / 2
        x = moons(BATCH, draws)
        loss = torch.stack([negative_log_likelihood(flow(x)[0]) for flow in flows]).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        done += 1

    @torch.no_grad()
    def evaluate() -> tuple[float, float]:
        first, second = (negative_log_likelihood(flow(held_out)[0]).item() for flow in flows)
        return first, second

    layer = drawn_coupling(READS[c.reads], c.size, WIDTH, c.seed, c=bound, gain=GAIN)
    x = normal(POINTS, c.size, seed=c.seed)
    J = jacobian(lambda x: layer(x)[0], x)  # (POINTS, D, D)
    with torch.no_grad():
        trace = layer(x)[1]
    difference = (trace.log_det - torch.linalg.slogdet(J).logabsdet).abs().max().item()
    trips = {bound: trips_of(c.reads, bound, c.size, c.seed) for bound in dict.fromkeys((c.bound, "1", "none"))}

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        yield CouplingResult(
            c, progress, held_out, torch.stack([samples_of(flow, c.seed) for flow in flows]), J[0], trace.s[0],
            difference, trips, sum(map(parameter_count, flows)),
        )  # fmt: skip


@torch.no_grad()
def samples_of(flow: Flow, seed: int) -> Tensor:
    """(HELD_OUT, 2)"""
    return flow.generate(normal(HELD_OUT, 2, seed=seed + 3))[-1]


def measure(result: CouplingResult) -> Measurements:
    c, (chosen, fixed) = result.controls, result.progress.newest
    trips = dict(zip(DEPTHS, result.trips[c.bound].tolist()))
    astray = [
        (nearest_distance(samples[:JUDGED], result.held_out) > OFF).float().mean().item() for samples in result.samples
    ]
    added, multiplied = operations_of_determinant(c.size)
    return {
        "held_out_loss_nats": chosen,
        "fixed_halves_loss_nats": fixed,
        "gain_nats": fixed - chosen,
        "off_data_percent": 100 * astray[0],
        "fixed_off_data_percent": 100 * astray[1],
        "log_det_difference": result.log_det_difference,
        "round_trip_error": trips[c.depth],
        "random_layers": c.depth,
        "sum_operations": added,
        "elimination_operations": multiplied,
    }
