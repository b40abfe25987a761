"""An image enlarged by stamps; how uneven random and trained stamps are; and the convolution that they transpose."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing, read_drawing
from app.experiments.live_training import Progress, training
from models.convolution.convolution import conv2d
from models.convolution.kernel_fit import mean_squared_error
from models.convolution.pooling import average_pool
from models.convolution.transposed import (
    as_convolution,
    not_rotated,
    overlaps,
    stamped,
    transposed_size,
    unevenness,
)
from models.data.smooth_images import SmoothImages
from models.seeding import generator, normal

SMALL, STEPS, SNAPSHOTS = 8, 300, 8
RANDOM_IMAGES, INPUTS, OUTPUTS, PAIRS = 2, 2, 384, 32
FORMS = {
    "stamps": stamped,
    "zeros between, kernel rotated": as_convolution,
    "zeros between, kernel as it is": not_rotated,
}


class TransposedControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
    kernel: int = Field(3, ge=1, le=5, title="Kernel K")
    stride: int = Field(2, ge=2, le=3, title="Stride s")
    form: Literal["stamps", "zeros between, kernel rotated", "zeros between, kernel as it is"] = Field(
        "stamps", title="Computed by"
    )
    steps: int = Field(STEPS, ge=0, le=600, multiple_of=10, title="Training steps", json_schema_extra=MORE)


class TransposedResult(NamedTuple):
    controls: TransposedControls
    image: Tensor  # (1, 1, 4, 4)
    kernel: Tensor  # (1, 1, K, K) all ones
    output: Tensor  # (1, 1, H, W)
    overlaps: Tensor  # (H, W)
    at_start: float  # unevenness of random kernels on random images
    progress: Progress[Tensor]  # kernels (1, 1, K, K) over training on smooth images
    shown: Tensor  # (1, 1, 8, 8) one held-out smooth image
    wanted: Tensor  # (1, 1, H, W) the same, enlarged exactly
    trained: float  # unevenness of the trained kernel on held-out smooth images
    error: float  # of the enlarged held-out images, root mean square
    adjoint_gap: float
    parameters: int


def adjoint_gap(form: str, K: int, s: int, seed: int) -> float:
    """Difference of ⟨Ax, y⟩ and ⟨x, Aᵀy⟩ over ⟨Ax, y⟩, root mean squares over random x and y; A is the convolution."""
    y, w = normal(PAIRS, 3, 5, 5, seed=seed), normal(3, 2, K, K, seed=seed + 1)
    x = normal(PAIRS, 2, *[transposed_size(5, K, s)] * 2, seed=seed + 2)
    forth = (conv2d(x, w, s=s) * y).sum(dim=(1, 2, 3))  # (PAIRS)
    back = (x * FORMS[form](y, w, s)).sum(dim=(1, 2, 3))  # (PAIRS)
    return ((forth - back).square().mean() / forth.square().mean()).sqrt().item()


def centred(K: int, s: int) -> Tensor:
    """Where the pixels of the output stand, in pixels of the small image."""
    return (torch.arange(transposed_size(SMALL, K, s)) - (K - 1) / 2) / s


def run(controls: TransposedControls, device: str) -> Iterator[TransposedResult]:
    c, K, s = controls, controls.kernel, controls.stride
    form = FORMS[c.form]
    image = average_pool(read_drawing(c.drawing)[None, None].to(device))
    kernel = torch.ones(1, 1, K, K, device=device)
    noise = normal(RANDOM_IMAGES, INPUTS, SMALL, SMALL, seed=c.seed).to(device)
    start = normal(INPUTS, OUTPUTS, K, K, seed=c.seed + 1).to(device)
    at_start = unevenness(form(noise, start, s), s, border=2 * s).item()

    draws = generator(c.seed + 2)
    taught, tested = SmoothImages(48, draws), SmoothImages(16, draws)
    small, places = torch.arange(SMALL), centred(K, s)
    inside = slice(2 * s, -2 * s)  # the outermost stamps have no neighbours
    x, t = taught.at(small).to(device), taught.at(places).to(device)
    held_out, wanted = tested.at(small).to(device), tested.at(places).to(device)
    w = normal(1, 1, K, K, seed=c.seed + 3).to(device).requires_grad_()
    optimizer = torch.optim.Adam([w], 0.1, fused=True)
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, max(c.steps, 1))

    def step() -> None:
        optimizer.zero_grad()
        mean_squared_error(form(x, w, s)[..., inside, inside], t[..., inside, inside]).backward()
        optimizer.step()
        decay.step()

    def evaluate() -> Tensor:
        return w.detach().clone()

    for progress in training(step, evaluate, c.steps, SNAPSHOTS) if c.steps else [Progress([evaluate()], [0], 0, 0)]:
        enlarged = form(held_out, progress.newest, s)
        missed = (enlarged - wanted)[..., inside, inside].square().mean().sqrt()
        yield TransposedResult(
            c, image, kernel, form(image, kernel, s), overlaps(4, K, s), at_start, progress, held_out[:1], wanted[:1],
            unevenness(enlarged, s, border=2 * s).item(), missed.item(), adjoint_gap(c.form, K, s, c.seed), K * K,
        )  # fmt: skip


def measure(result: TransposedResult) -> Measurements:
    covered = result.overlaps[result.controls.kernel :, result.controls.kernel :]
    return {
        "unevenness_at_start": result.at_start,
        "unevenness_after_training": result.trained,
        "error_after_training": result.error,
        "adjoint_gap": result.adjoint_gap,
        "output_side": result.output.shape[-1],
        "most_stamps": result.overlaps.max().item(),
        "fewest_stamps_inside": covered[: result.controls.stride, : result.controls.stride].min().item(),
        "training_steps": result.progress.step,
    }
