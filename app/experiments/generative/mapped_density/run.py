"""Points of a standard normal distribution are mapped; the formula's density stands beside a count of them."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from models.generative.change_of_variables import (
    PLANE_MAPS,
    PlaneMap,
    cell_masses,
    chi_square_per_cell,
    divided,
    jacobian,
    mapped_density,
    multiplied,
    nodes,
    polygon_area,
)
from models.seeding import generator

CELLS = 24
"""Per axis, of the count."""

COVERED, FARTHEST = 2.5, 4.0
"""The window holds the image of the square up to ``COVERED``, cut at ``FARTHEST``."""

SIDE, HEIGHT = 0.5, 0.75
"""Side of the marked square, and the second coordinate of its middle."""

EDGE = 24
"""Points per side of its outline."""

RULES = {"divide by |det J|": divided, "multiply by |det J|": multiplied}


class MappedControls(Controls):
    map: Literal["fan", "stretch", "swell", "bend", "fold"] = Field("fan", title="Map")
    amount: float = Field(0.6, ge=0.2, le=1.2, multiple_of=0.1, title="Strength of the map")
    square: float = Field(1.0, ge=-2, le=2, multiple_of=0.25, title="Marked square", description="x₁ of its middle")
    rule: Literal["divide by |det J|", "multiply by |det J|"] = Field("divide by |det J|", title="The formula")
    branches: Literal["all", "one"] = Field("all", title="Branches that the formula counts")
    points: Literal[5_000, 20_000, 80_000] = Field(20_000, title="Points counted", json_schema_extra=MORE)


class MappedResult(NamedTuple):
    controls: MappedControls
    x: Tensor  # (P, 2)
    y: Tensor  # (P, 2)
    window: list[tuple[float, float]]  # of y, per coordinate
    counts: Tensor  # (CELLS, CELLS), rows of y₂
    density: Tensor  # (CELLS, CELLS, Q) by the formula, at the nodes of every cell
    weights: Tensor  # (CELLS, CELLS, Q)
    expected: Tensor  # (CELLS, CELLS) points per cell by the formula
    outline: Tensor  # (4 EDGE, 2) of the marked square
    growth: float  # area of the marked square's image over its own
    determinant: float  # |det J| at its middle, by automatic differentiation


def window_of(given: PlaneMap, a: float) -> list[tuple[float, float]]:
    """Where the images of the square up to ``COVERED`` lie, per coordinate."""
    side = torch.linspace(-COVERED, COVERED, 41)
    y = given.forward(torch.cartesian_prod(side, side), a)  # (41², 2)
    return [(max(float(values.min()), -FARTHEST), min(float(values.max()), FARTHEST)) for values in y.unbind(-1)]


def square_outline(middle: float) -> Tensor:
    """Around the marked square.  (4 EDGE, 2)"""
    step = torch.arange(EDGE) / EDGE - 0.5
    half = torch.full_like(step, 0.5)
    sides = [(step, -half), (half, step), (-step, half), (-half, -step)]
    corners = torch.cat([torch.stack(side, -1) for side in sides])  # (4 EDGE, 2)
    return torch.tensor([middle, HEIGHT]) + SIDE * corners


def run(controls: MappedControls, device: str) -> MappedResult:
    """On the CPU whatever the device: the maps are single formulas."""
    c, given = controls, PLANE_MAPS[controls.map]
    x = torch.randn(c.points, 2, generator=generator(c.seed))
    y = given.forward(x, c.amount)
    window = window_of(given, c.amount)
    axes = [nodes(low, high, CELLS) for low, high in window]
    (first, first_weights), (second, second_weights) = axes  # (CELLS, order) each
    order = first.shape[-1]
    shape = (CELLS, CELLS, order, order)
    at = torch.stack([first[None, :, None, :].expand(shape), second[:, None, :, None].expand(shape)], -1)
    weights = (first_weights[None, :, None, :] * second_weights[:, None, :, None]).flatten(2)  # (CELLS, CELLS, Q)
    counted = len(given.branches) if c.branches == "all" else 1
    density = mapped_density(at.reshape(-1, 2), given, c.amount, counted, RULES[c.rule]).view_as(weights)
    counts = torch.histogramdd(y.flip(-1), [CELLS] * 2, range=[edge for pair in reversed(window) for edge in pair]).hist
    outline = square_outline(c.square)
    mapped = given.forward(outline, c.amount)
    middle = torch.tensor([[c.square, HEIGHT]])
    return MappedResult(
        c, x, y, window, counts.double(), density, weights, c.points * cell_masses(density, weights), outline,
        (polygon_area(mapped) / polygon_area(outline)).item(),
        jacobian(lambda x: given.forward(x, c.amount), middle).det().abs().item(),
    )  # fmt: skip


def measure(result: MappedResult) -> Measurements:
    low, high = result.window[0]
    column = int(result.expected.sum(0).argmax())
    return {
        "chi_square_per_cell": chi_square_per_cell(result.counts, result.expected).item(),
        "mass_ratio": (result.expected.sum() / result.counts.sum()).item(),
        "points_in_window_percent": 100 * (result.counts.sum() / len(result.y)).item(),
        "square_growth": result.growth,
        "determinant": result.determinant,
        "densest_column_from_edge": column * (high - low) / CELLS,
    }
