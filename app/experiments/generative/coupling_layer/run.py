"""Two flows of equal size learn two moons, one with alternating halves; one random layer is looked into."""

import math
import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.flow_course import PARTS, Lesson, course
from app.experiments.live_training import PAUSE_SECONDS
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
from models.generative.normalizing_flow import Flow, negative_log_likelihood
from models.parameter_count import parameter_count
from models.seeding import generator, normal

HELD_OUT, WIDTH, LAYERS = 3000, 32, 6
FIRST = (True,) * LAYERS
ORDERS = {
    "alternating": (True, False) * (LAYERS // 2),
    "alternating, second half first": (False, True) * (LAYERS // 2),
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

GAIN, POINTS, CHAINS = 2.0, 100, 5
"""Of the random layers; points that go through each chain of them and back; chains."""


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
    losses: tuple[float, float]  # of held-out points, nats per point: with the halves chosen, with fixed ones
    held_out: Tensor  # (HELD_OUT, 2)
    samples: Tensor  # (2, HELD_OUT, 2) of the two flows
    jacobian: Tensor  # (D, D) of one random layer at one point
    s: Tensor  # (B,) there
    log_det_difference: float  # of the sum of s from automatic differentiation, largest of POINTS points
    trips: dict[Bound, Tensor]  # bound → median distance after a round trip, per depth of DEPTHS
    parameters: int


@memo
def trips_of(reads: str, bound: str, size: int, seed: int) -> Tensor:
    """Median distance of points from where a round trip through random layers takes them, per depth.  (DEPTHS,)

    The geometric mean over ``CHAINS`` chains of other layers: single chains lie decades apart.
    """
    logs = []
    for start in range(CHAINS):
        chain = [
            drawn_coupling(READS[reads], size, WIDTH, seed + 1000 * (number + max(DEPTHS) * start), c=BOUNDS[bound],
                           gain=GAIN)
            for number in range(max(DEPTHS))
        ]  # fmt: skip
        x = normal(POINTS, size, seed=seed + start)
        logs.append(torch.stack([round_trip(chain[:depth], x).nan_to_num(torch.inf).median() for depth in DEPTHS]))
    return 10 ** torch.stack(logs).clamp(1e-8, 1e8).log10().mean(0)


def run(controls: CouplingControls, device: str) -> Iterator[CouplingResult]:
    """On the CPU whatever the device: layers of 32 units keep no other one busy."""
    c, bound = controls, BOUNDS[controls.bound]
    lessons = [
        Lesson("moons", "", "one normal", order, WIDTH, True, c.steps, c.seed + number, c.seed + 1)
        for number, order in enumerate((ORDERS[c.halves], FIRST))
    ]
    held_out = moons(HELD_OUT, generator(c.seed + 2))
    layer = drawn_coupling(READS[c.reads], c.size, WIDTH, c.seed, c=bound, gain=GAIN)
    x = normal(POINTS, c.size, seed=c.seed)
    J = jacobian(lambda x: layer(x)[0], x)  # (POINTS, D, D)
    with torch.no_grad():
        trace = layer(x)[1]
    difference = (trace.log_det - torch.linalg.slogdet(J).logabsdet).abs().max().item()
    trips = {bound: trips_of(c.reads, bound, c.size, c.seed) for bound in dict.fromkeys((c.bound, "1", "none"))}
    given = -PAUSE_SECONDS
    for part in range(1, PARTS + 1):
        flows = [course(lesson, part).flow for lesson in lessons]
        if part == PARTS or time.perf_counter() - given > PAUSE_SECONDS:
            with torch.no_grad():
                chosen, fixed = (negative_log_likelihood(flow(held_out)[0]).item() for flow in flows)
            yield CouplingResult(
                c, (chosen, fixed), held_out, torch.stack([samples_of(flow, c.seed) for flow in flows]), J[0],
                trace.s[0], difference, trips, sum(map(parameter_count, flows)),
            )  # fmt: skip
            given = time.perf_counter()


@torch.no_grad()
def samples_of(flow: Flow, seed: int) -> Tensor:
    """(HELD_OUT, 2)"""
    return flow.generate(normal(HELD_OUT, 2, seed=seed + 3))[-1]


def measure(result: CouplingResult) -> Measurements:
    c, (chosen, fixed) = result.controls, result.losses
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
        "decimal_places_kept": -math.log10(min(max(trips[c.depth], 1e-8), 1e8)),
        "random_layers": c.depth,
        "sum_operations": added,
        "elimination_operations": multiplied,
    }
