"""A kernel slides over a drawn digit; beside it, a kernel is learned from digits and their filtered versions."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing, read_drawing
from app.experiments.live_training import Progress, training
from models.convolution.convolution import conv2d, true_convolution, windows
from models.convolution.kernel_fit import KernelFit, kernel
from models.data.digits import digits
from models.seeding import generator

STEPS = 400
HALF = 3
"""Columns of the 6×6 map that make its left half."""

APPLIED = {"as learned": conv2d, "rotated by 180°": true_convolution}
OTHER = {
    "vertical edges": "horizontal edges",
    "horizontal edges": "diagonal edges",
    "diagonal edges": "vertical edges",
    "blur": "vertical edges",
}
"""The second filter, where there are two."""

Name = Literal["vertical edges", "horizontal edges", "diagonal edges", "blur"]


class ConvolutionControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
    kernel: Name = Field("vertical edges", title="Filter", description="Nine numbers that are hidden from the learner")
    targets: Literal["one filter", "true convolution", "two filters"] = Field(
        "one filter", title="Targets made by", description="Two: another filter for the right half of each image"
    )
    applied: Literal["as learned", "rotated by 180°"] = Field(
        "as learned", title="Learned kernel is used", description="As it is, or as a library of true convolution does"
    )
    examples: int = Field(100, ge=1, le=200, title="Digits to learn from")
    halves: Literal["of one digit", "of two digits"] = Field(
        "of one digit", title="Left and right half", json_schema_extra=MORE
    )


class ConvolutionResult(NamedTuple):
    controls: ConvolutionControls
    image: Tensor  # (1, 1, 8, 8)
    filter: Tensor  # (1, 1, 3, 3) the hidden one
    products: Tensor  # (6, 6, 3, 3) patch times filter at every position
    output: Tensor  # (1, 1, 6, 6)
    progress: Progress[Tensor]  # kernels (1, 1, 3, 3) over training
    unexplained: float  # share of the variance of held-out targets that the learned kernel does not explain
    parameters: int = 9


def mixed(images: Tensor) -> Tensor:
    """Every image with the right half of the next one."""
    return torch.cat([images[..., :4], images.roll(1, dims=0)[..., 4:]], dim=-1)


def targets(controls: ConvolutionControls, images: Tensor) -> Tensor:
    """What the hidden rule makes of the images: (B, 1, 6, 6)."""
    w = kernel(controls.kernel).to(images.device)
    made = (true_convolution if controls.targets == "true convolution" else conv2d)(images, w)
    if controls.targets == "two filters":
        other = conv2d(images, kernel(OTHER[controls.kernel]).to(images.device))
        return torch.cat([made[..., :HALF], other[..., HALF:]], dim=-1)
    return made


def run(controls: ConvolutionControls, device: str) -> Iterator[ConvolutionResult]:
    learned, held_out = ((half.images.to(device) + 1) / 2 for half in digits())
    rows = torch.randperm(len(learned), generator=generator(controls.seed))[: controls.examples]
    images = learned[rows]
    if controls.halves == "of two digits":
        images, held_out = mixed(images), mixed(held_out)
    fit = KernelFit(images, targets(controls, images), controls.seed, STEPS)
    image = read_drawing(controls.drawing).to(device)[None, None]
    w = kernel(controls.kernel).to(device)
    seen = windows(image, 3)[0, 0].permute(1, 2, 0).unflatten(-1, (3, 3))  # (6, 6, 3, 3)
    wanted = targets(controls, held_out)
    for progress in training(fit.step, fit.evaluate, STEPS):
        with torch.no_grad():
            missed = (APPLIED[controls.applied](held_out, progress.newest) - wanted).square().mean()
        yield ConvolutionResult(
            controls, image, w, seen * w[0, 0], conv2d(image, w), progress, (missed / wanted.var()).item()
        )


def distance(one: Tensor, other: Tensor) -> float:
    return (one - other).abs().max().item()


def measure(result: ConvolutionResult) -> Measurements:
    c, newest, hidden = result.controls, result.progress.newest, result.filter
    both = [hidden, kernel(OTHER[c.kernel])] if c.targets == "two filters" else [hidden]
    return {
        "largest_kernel_error": max(distance(newest, one) for one in both),
        "largest_error_to_rotated_filter": distance(newest, hidden.flip(-2, -1)),
        "unexplained_share": result.unexplained,
        "largest_kernel_error_at_start": max(distance(result.progress.snapshots[0], one) for one in both),
        "largest_output": result.output.abs().max().item(),
        "training_steps": result.progress.step,
    }
