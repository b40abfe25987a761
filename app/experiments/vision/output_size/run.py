"""Windows laid over 8×8 pixels: how many fit, which pixels none of them reads, and what a network misses there."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.memo import memo
from models.convolution.convolution import output_size
from models.convolution.strided_reader import EVENLY, RIGHT_AND_BELOW, Padding, StridedReader, reads
from models.data.bright_column import SIDE, bright_column
from models.data.digits import digits
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

STEPS, SNAPSHOTS, BATCH, TESTS = 200, 10, 64, 512
DIGIT_STEPS = 200

Ported = Literal["as in training", "right and below only", "right and below, in training too"]
CUT = {"the corner": (0, 0), "one pixel right": (1, 0), "one pixel down": (0, 1)}


class OutputSizeControls(Controls):
    kernel: int = Field(3, ge=1, le=4, title="Kernel K")
    stride: int = Field(2, ge=1, le=4, title="Stride s")
    padding: int = Field(0, ge=0, le=2, title="Padding p", description="Zeros on each side")
    dilation: int = Field(1, ge=1, le=2, title="Dilation d")
    start: Literal["the corner", "one pixel right", "one pixel down"] = Field(
        "the corner", title="First window stands at"
    )
    column: int = Field(7, ge=0, le=7, title="Label stands in column", description="Of 8, counted from 0")
    ported: Ported = Field("as in training", title="Padding of the digit network", json_schema_extra=MORE)

    @property
    def pads(self) -> Padding:
        right, down = CUT[self.start]
        return self.padding - right, self.padding, self.padding - down, self.padding


class OutputSizeResult(NamedTuple):
    controls: OutputSizeControls
    counts: Tensor  # (8, 8) windows that read each pixel
    height: int  # rows of the output
    width: int  # columns of it
    progress: Progress[float]  # accuracy on held-out images
    digit_accuracy: float
    parameters: int


@memo
def digit_accuracy(ported: Ported, seed: int, device: str) -> float:
    """Accuracy on held-out digits with kernel 3 and stride 2, trained with one padding and run with another."""
    learned, held_out = digits()
    trained = RIGHT_AND_BELOW if ported == "right and below, in training too" else EVENLY
    model = seeded(lambda: StridedReader(SIDE, 3, 2, 1, trained), seed, device)
    optimizer, draws = torch.optim.Adam(model.parameters(), 1e-2), generator(seed)
    images, labels = (learned.images.to(device) + 1) / 2, learned.labels.to(device)
    for _ in range(DIGIT_STEPS):
        rows = torch.randint(len(labels), (BATCH,), generator=draws).to(device)
        optimizer.zero_grad()
        cross_entropy(model(images[rows], trained)[0], labels[rows]).backward()
        optimizer.step()
    used = EVENLY if ported == "as in training" else RIGHT_AND_BELOW
    with torch.no_grad():
        answers = model((held_out.images.to(device) + 1) / 2, used)[0].argmax(dim=1)
    return (answers == held_out.labels.to(device)).float().mean().item()


def run(controls: OutputSizeControls, device: str) -> Iterator[OutputSizeResult]:
    c, pads = controls, controls.pads
    model = seeded(lambda: StridedReader(SIDE, c.kernel, c.stride, c.dilation, pads, classes=2), c.seed, device)
    optimizer, draws = torch.optim.Adam(model.parameters(), 1e-2), generator(c.seed)
    x, y = (part.to(device) for part in bright_column(TESTS, c.column, generator(c.seed + 1)))
    shape = model(x[:1], pads)[1].maps.shape

    def step() -> None:
        images, labels = (part.to(device) for part in bright_column(BATCH, c.column, draws))
        optimizer.zero_grad()
        cross_entropy(model(images, pads)[0], labels).backward()
        optimizer.step()

    @torch.no_grad()
    def evaluate() -> float:
        return (model(x, pads)[0].argmax(dim=1) == y).float().mean().item()

    counts = reads(SIDE, c.kernel, c.stride, pads, c.dilation)
    for progress in training(step, evaluate, STEPS, SNAPSHOTS):
        yield OutputSizeResult(
            c, counts, shape[-2], shape[-1], progress, digit_accuracy(c.ported, c.seed, device), parameter_count(model)
        )


def measure(result: OutputSizeResult) -> Measurements:
    c = result.controls
    return {
        "output_rows": result.height,
        "output_columns": result.width,
        "rows_by_the_formula": output_size(SIDE + c.pads[2] + c.pads[3], c.kernel, c.stride, 0, c.dilation),
        "unread_pixels": int((result.counts == 0).sum()),
        "unread_label_pixels": int((result.counts[:, c.column] == 0).sum()),
        "accuracy": result.progress.newest,
        "digit_accuracy": result.digit_accuracy,
    }
