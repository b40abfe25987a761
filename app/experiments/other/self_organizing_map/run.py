"""A net of 100 units unfolds over points of a square or a ring, beside k-means with as many centres."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Generator, Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.competitive.self_organizing_map import (
    Schedule,
    SelfOrganizingMap,
    centres,
    chain_distances,
    crossing_lines,
    grid_distances,
    idle_units,
    quantisation_error,
    topographic_error,
    torus_distances,
)
from models.data.plane_shapes import colours, ring_points, square_points
from models.seeding import generator

SIDE = 10
UNITS = SIDE * SIDE
UPDATES, EVERY = 3000, 100
HELD_OUT = 2000
ROUNDS = 20
LAST_RATE = 0.05

Shape = Literal["square", "ring", "colours"]
Lattice = Literal["10 × 10 grid", "grid with joined edges", "closed chain of 100"]
SHAPES: dict[Shape, Callable[[int, Generator], Tensor]] = {
    "square": square_points, "ring": ring_points, "colours": colours,
}  # fmt: skip


class MapControls(Controls):
    shape: Shape = Field("square", title="Points")
    lattice: Lattice = Field("10 × 10 grid", title="Lattice")
    radius: float = Field(4.0, ge=0.1, le=6, multiple_of=0.1, title="First radius", description="Steps on the lattice")
    last_radius: float = Field(0.7, ge=0.1, le=2, multiple_of=0.1, title="Last radius")
    rate: float = Field(
        0.5, ge=0.05, le=1, multiple_of=0.05, title="First rate", description=f"The last is {LAST_RATE}"
    )
    start: Literal["scattered", "in the middle"] = Field(
        "scattered", title="Units at the start", json_schema_extra=MORE
    )


class Unfolded(NamedTuple):
    """One map, and how it does on held-out points."""

    points: Tensor  # (T, D) in the order of learning; D is 3 for colours
    held_out: Tensor  # (P, D)
    distances: Tensor  # (U, U) along the lattice, squared
    weights: Tensor  # (S, U, D) at the start and after every ``EVERY`` updates
    quantisation: Tensor  # (S,)
    topographic: Tensor  # (S,)
    idle: Tensor  # (U,) units nearest to no held-out point
    k_means: float  # quantisation error of as many centres


class MapResult(NamedTuple):
    controls: MapControls
    shown: Unfolded
    square: Unfolded
    ring: Unfolded
    parameters: int


def distances_of(lattice: Lattice) -> Tensor:
    if lattice == "closed chain of 100":
        return chain_distances(UNITS)
    return grid_distances(SIDE, SIDE) if lattice == "10 × 10 grid" else torus_distances(SIDE, SIDE)


@memo
def unfolded(shape: Shape, c: MapControls) -> Unfolded:
    """In float64, so that the browser's numbers are the same."""
    draws = generator(c.seed)
    points, held_out = (SHAPES[shape](count, draws).double() for count in (UPDATES, HELD_OUT))
    reach = 1.0 if c.start == "scattered" else 0.1
    start = reach * (2 * torch.rand(UNITS, points.shape[-1], generator=draws).double() - 1)  # (U, D)
    distances = distances_of(c.lattice)
    schedule = Schedule((c.radius, c.last_radius), (c.rate, LAST_RATE))
    _, trace = SelfOrganizingMap(start, distances, schedule)(points, EVERY)
    k_means = quantisation_error(centres(points, points[:UNITS], ROUNDS), held_out)
    return Unfolded(
        points, held_out, distances, trace.weights, quantisation_error(trace.weights, held_out),
        topographic_error(trace.weights, held_out, distances), idle_units(trace.weights[-1], held_out), k_means.item(),
    )  # fmt: skip


@torch.inference_mode()
def run(controls: MapControls, device: str) -> MapResult:
    """On the CPU whatever the device: a point at a time keeps no other one busy."""
    of = lambda shape: unfolded(shape, controls.model_copy(update={"shape": "square"}))
    shown = of(controls.shape)
    return MapResult(controls, shown, of("square"), of("ring"), shown.weights[-1].numel())


def edges_of(distances: Tensor) -> Tensor:
    """Pairs of neighbours on the lattice (E, 2)."""
    return torch.nonzero((distances == 1).triu())


def neighbours_apart(shown: Unfolded) -> float:
    """Mean distance of lattice neighbours among the data, over that of any two units."""
    one, other = shown.weights[-1][edges_of(shown.distances)].unbind(1)  # (E, D)
    return ((one - other).norm(dim=-1).mean() / torch.pdist(shown.weights[-1]).mean()).item()


def measure(result: MapResult) -> Measurements:
    shown, square, ring = result.shown, result.square, result.ring
    return {
        "topographic_error_percent": 100 * square.topographic[-1].item(),
        "quantisation_error": square.quantisation[-1].item(),
        "k_means_error": square.k_means,
        "error_over_k_means": square.quantisation[-1].item() / square.k_means,
        "ring_topographic_error_percent": 100 * ring.topographic[-1].item(),
        "idle_units_on_the_ring": int(ring.idle.sum()),
        "idle_units_on_the_square": int(square.idle.sum()),
        "crossing_lines": crossing_lines(square.weights[-1], edges_of(square.distances)),
        "neighbours_apart_percent": 100 * neighbours_apart(shown),
        "shown_topographic_error_percent": 100 * shown.topographic[-1].item(),
        "shown_quantisation_error": shown.quantisation[-1].item(),
        "shown_error_at_the_start": shown.quantisation[0].item(),
    }
