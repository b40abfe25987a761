"""A 2 × 2 matrix is fitted to two examples; a grid of points that it never saw tells what it has learned."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from models.layers.affine import affine, descended, linear
from models.seeding import normal

Target = Literal["rotate", "shear", "stretch", "reflect", "flatten"]
MATRICES: dict[str, list[list[float]]] = {
    "rotate": [[0.8, -0.6], [0.6, 0.8]],
    "shear": [[1.0, 0.8], [0.0, 1.0]],
    "stretch": [[1.4, 0.0], [0.0, 0.6]],
    "reflect": [[0.0, 1.0], [1.0, 0.0]],
    "flatten": [[0.8, 0.4], [0.4, 0.2]],
}
SIDE = 21
"""Points along each side of the grid."""
RATE = 0.5
SHOWN = 25
"""Steps of the training that are drawn."""


class LinearMapControls(Controls):
    target: Target = Field("shear", title="Map to learn")
    angle: int = Field(
        70,
        ge=0,
        le=180,
        multiple_of=5,
        title="Angle of examples, °",
        description="Between the two; 0 and 180: parallel",
    )
    offset: float = Field(
        0.0, ge=0, le=1, multiple_of=0.1, title="Offset of the map", description="Above 0: not linear"
    )
    steps: int = Field(100, ge=25, le=500, multiple_of=25, title="Training steps")
    first: int = Field(20, ge=0, le=355, multiple_of=5, title="First example, °", json_schema_extra=MORE)


class LinearMapResult(NamedTuple):
    controls: LinearMapControls
    examples: Tensor  # (2, 2) inputs, one per row
    answers: Tensor  # (2, 2) what the map to learn makes of them
    grid: Tensor  # (441, 2)
    wanted: Tensor  # (441, 2)
    steps: list[int]  # (S,) that are shown
    weights: Tensor  # (S, 2, 2)
    learned: Tensor  # (S, 441, 2)
    example_error: Tensor  # (steps + 1,) the larger of two distances
    grid_error: Tensor  # (steps + 1,) the largest of 441
    parameters: int = 4


def matrix(controls: LinearMapControls) -> tuple[Tensor, Tensor]:
    """W and b of the map to learn."""
    return torch.tensor(MATRICES[controls.target]), controls.offset * torch.tensor([0.6, 0.8])


def two_examples(controls: LinearMapControls) -> Tensor:
    """(2, 2) One of length 1 and one of length 0.8, ``angle`` apart."""
    angles = torch.tensor([controls.first, controls.first + controls.angle]) * math.pi / 180
    return torch.stack([angles.cos(), angles.sin()], dim=1) * torch.tensor([[1.0], [0.8]])


def distance(one: Tensor, other: Tensor) -> Tensor:
    """The largest distance between points (..., N, 2) of the same row: (...)"""
    return (one - other).norm(dim=-1).amax(dim=-1)


def run(controls: LinearMapControls, device: str) -> LinearMapResult:
    W, b = (part.to(device) for part in matrix(controls))
    x = two_examples(controls).to(device)
    y = affine(x, W, b)
    line = torch.linspace(-1, 1, SIDE, device=device)
    grid = torch.cartesian_prod(line, line)
    learned = [0.3 * normal(2, 2, seed=controls.seed).to(device)]
    for _ in range(controls.steps):
        learned.append(descended(learned[-1], x, y, RATE))
    every = torch.stack(learned)  # (steps + 1, 2, 2)
    shown = [controls.steps * at // SHOWN for at in range(SHOWN + 1)]
    wanted = affine(grid, W, b)
    return LinearMapResult(
        controls, x, y, grid, wanted, shown, every[shown], grid @ every[shown].mT,
        distance(x @ every.mT, y), distance(grid @ every.mT, wanted),
    )  # fmt: skip


def errors(result: LinearMapResult) -> Tensor:
    """(441,) distances between what was learned and what was wanted."""
    return (linear(result.grid, result.weights[-1]) - result.wanted).norm(dim=-1)


def decimal_places(error: float) -> int:
    """After how many decimal places an error of this size begins to show: 0.004 leaves two right."""
    return max(0, math.floor(-math.log10(max(error, 1e-16)))) if math.isfinite(error) else 0


def measure(result: LinearMapResult) -> Measurements:
    W, b = matrix(result.controls)
    x1, x2 = result.examples
    on_line = torch.stack([x1 + share * (x2 - x1) for share in torch.linspace(-0.5, 1.5, 41)])
    line_error = distance(linear(on_line, result.weights[-1]), affine(on_line, W, b)).item()
    origin = b.norm().item()
    whole, halves = affine(x1 + x2, W, b), affine(x1, W, b) + affine(x2, W, b)
    by_place = {"error_on_the_line_over_at_the_origin": line_error / origin} if origin else {}
    return by_place | {
        "largest_grid_error": result.grid_error[-1].item(),
        "right_decimal_places": decimal_places(result.grid_error[-1].item()),
        "mean_grid_error": errors(result).mean().item(),
        "example_error": result.example_error[-1].item(),
        "additivity_error": (whole - halves).norm().item(),
        "weight_error": (result.weights[-1] - W).abs().max().item(),
    }
