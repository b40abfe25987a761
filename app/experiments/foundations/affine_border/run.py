"""Two classes in the plane and the border between them: with a bias, without one, and with something else instead."""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, relu

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.layers.affine import AffineStack, affine, collapsed, unchanged, with_length, with_one
from models.seeding import generator

Third = Literal["1 (a bias)", "the length of x", "nothing"]
Shape = Literal["two clusters on a ray", "ring around a cluster"]
POINTS = 400
RATE = 0.1
EVERY = 5
WIDTH = 8
SIDE, REACH = 41, 3.6
"""Of the map of the plane: points along a side, and how far it goes."""


class BorderControls(Controls):
    data: Shape = Field("two clusters on a ray", title="Points")
    third: Third = Field("1 (a bias)", title="Third weight multiplies")
    direction: int = Field(35, ge=0, le=355, multiple_of=5, title="Direction of the ray, °")
    layers: int = Field(2, ge=1, le=4, title="Layers", description=f"{WIDTH} units between two")
    activation: Literal["none", "ReLU"] = Field("none", title="Activation between layers")
    steps: int = Field(100, ge=50, le=400, multiple_of=50, title="Training steps")


class Points(NamedTuple):
    x: Tensor  # (N, 2)
    far: Tensor  # (N,) 1 for the cluster further away, or the ring, else 0


class Trained(NamedTuple):
    """One form of the network after training."""

    model: AffineStack
    accuracies: Tensor  # (S,) of the held-out points, every five steps
    scores: Tensor  # (SIDE², 1) over the plane


class BorderResult(NamedTuple):
    controls: BorderControls
    held_out: Points
    forms: dict[str, Trained]
    collapse_error: float  # of the network in use, against one affine map, over the deviation of its scores
    parameters: int

    @property
    def used(self) -> Trained:
        return self.forms[self.controls.third]


THIRDS: dict[str, Callable[[Tensor], Tensor]] = {
    "1 (a bias)": with_one,
    "the length of x": with_length,
    "nothing": unchanged,
}


def draw(shape: str, direction: int, draws: torch.Generator) -> Points:
    """Two clusters of one angular width at distances 1 and 2.5, or a ring of radius 2.5 around a cluster."""
    noise = torch.randn(POINTS, 2, generator=draws)
    far = (torch.arange(POINTS) % 2).float()
    if shape == "two clusters on a ray":
        angle = torch.tensor(direction * math.pi / 180)
        unit = torch.stack([angle.cos(), angle.sin()])
        return Points((1 + 1.5 * far)[:, None] * (unit + 0.14 * noise), far)
    angle = 2 * math.pi * torch.rand(POINTS, generator=draws)
    ring = 2.5 * torch.stack([angle.cos(), angle.sin()], dim=1) + 0.2 * noise
    return Points(torch.where(far[:, None] > 0, ring, 0.6 * noise), far)


def plane() -> Tensor:
    """(SIDE², 2) row by row from the top."""
    line = torch.linspace(-REACH, REACH, SIDE)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1)


@memo
def trained(controls: BorderControls, third: str) -> Trained:
    """Full-batch Adam on the logistic loss."""
    draws = generator(controls.seed)
    learn, held_out = (draw(controls.data, controls.direction, draws) for _ in range(2))
    extended = THIRDS[third]
    x, far = extended(learn.x), learn.far
    widths = [x.shape[1], *[WIDTH] * (controls.layers - 1), 1]
    model = AffineStack(
        widths, biased=False, phi=relu if controls.activation == "ReLU" else unchanged, seed=controls.seed
    )
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(weights, RATE, fused=True)
    accuracies = []
    for step in range(controls.steps + 1):
        if step % EVERY == 0:
            accuracies.append(accuracy(model, extended(held_out.x), held_out.far))
        loss = binary_cross_entropy_with_logits(model(x)[0][:, 0], far)
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.grad = gradient
        optimizer.step()
    with torch.no_grad():
        return Trained(model, torch.tensor(accuracies), model(extended(plane()))[0])


@torch.no_grad()
def accuracy(model: AffineStack, x: Tensor, far: Tensor) -> float:
    return ((model(x)[0][:, 0] > 0) == (far > 0)).float().mean().item()


def run(controls: BorderControls, device: str) -> BorderResult:
    draws = generator(controls.seed)
    _, held_out = (draw(controls.data, controls.direction, draws) for _ in range(2))
    forms = {third: trained(controls.model_copy(update={"third": "1 (a bias)"}), third) for third in THIRDS}
    model = forms[controls.third].model
    x = THIRDS[controls.third](held_out.x)
    with torch.no_grad():
        W, b = collapsed(list(model.W), list(model.b))
        scores = model(x)[0]
        difference = ((affine(x, W, b) - scores).abs().max() / scores.std().clamp_min(1e-9)).item()
    return BorderResult(controls, held_out, forms, difference, sum(weight.numel() for weight in model.W))


def measure(result: BorderResult) -> Measurements:
    return {
        "held_out_accuracy": result.used.accuracies[-1].item(),
        "accuracy_with_a_bias": result.forms["1 (a bias)"].accuracies[-1].item(),
        "accuracy_without": result.forms["nothing"].accuracies[-1].item(),
        "accuracy_with_the_length": result.forms["the length of x"].accuracies[-1].item(),
        "agreeing_digits": -math.log10(max(result.collapse_error, 1e-9)),
        "score_at_the_origin": result.used.scores[SIDE * SIDE // 2].item(),
    }
