"""An LSTM trained live on cues and questions: how much gradient of a cell comes back along it, and how much in all."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import Controls, Measurements
from app.experiments.live_training import Progress, training
from models.data.cue_and_question import CUES, SYMBOLS, Cued, texts
from models.parameter_count import parameter_count
from models.recurrence.gradient_paths import along_the_cell, whole_gradient
from models.recurrence.live_training import LiveTraining
from models.recurrence.lstm import LSTM
from models.recurrence.reader import Reader
from models.seeding import generator, seeded

WIDTH, BATCH, HELD_OUT, LAG = 24, 48, 128, 30
LEARNING_RATE = 1e-2

Gate = Literal["forget", "candidate"]


class PathControls(Controls):
    forget_bias: float = Field(
        1.0, ge=-5, le=5, multiple_of=0.5, title="Forget bias", description="At the start: the gate opens at σ(bias)"
    )
    candidate_bias: float = Field(0.0, ge=-5, le=5, multiple_of=0.5, title="Candidate bias", description="At the start")
    steps: int = Field(120, ge=20, le=300, multiple_of=10, title="Training steps")


class Snapshot(NamedTuple):
    """How it stands after some steps of training; the unit was chosen on other texts."""

    accuracy: float
    unit: int
    along: Tensor  # (T,) the product of the unit's forget gates from each step to the last, mean over held-out texts
    whole: Tensor  # (T,) length of the gradient of its last cell by each step's cells
    forget: Tensor  # (T, D) forget gates, mean over held-out texts


class PathResult(NamedTuple):
    controls: PathControls
    progress: Progress[Snapshot]
    parameters: int


def run(controls: PathControls, device: str) -> Iterator[PathResult]:
    model = seeded(lambda: Reader(LSTM(SYMBOLS, WIDTH), WIDTH, CUES), controls.seed, device)
    model.cell.start(forget=controls.forget_bias, candidate=controls.candidate_bias)
    other, held_out = (texts(HELD_OUT, LAG, generator(controls.seed + n)) for n in (1, 2))

    def loss(draws: torch.Generator) -> Tensor:
        text = texts(BATCH, int(torch.randint(1, LAG + 1, (1,), generator=draws)), draws)
        return cross_entropy(model(text.x.to(device))[0][:, -1], text.cues.to(device))

    learning = LiveTraining(model, loss, controls.seed, LEARNING_RATE)
    parameters = parameter_count(model)
    for progress in training(learning.step, lambda: snapshot(model, other, held_out, device), controls.steps, 8):
        yield PathResult(controls, progress, parameters)


def snapshot(model: Reader, other: Cued, held_out: Cued, device: str) -> Snapshot:
    """The unit that keeps most over the whole lag in other texts, measured in held-out ones."""
    x = held_out.x.to(device)
    with torch.no_grad():
        unit = int(along_the_cell(model.cell(other.x.to(device))[1].forget)[:, 0].mean(dim=0).argmax())
        logits, trace = model(x)
        along = along_the_cell(trace.forget)[..., unit].mean(dim=0)
    whole = whole_gradient(model.cell, x, unit).norm(dim=-1).mean(dim=0)
    right = logits[:, -1].argmax(dim=-1) == held_out.cues.to(device)
    return Snapshot(right.float().mean().item(), unit, along, whole, trace.forget.mean(dim=0))


def measure(result: PathResult) -> Measurements:
    newest, start = result.progress.newest, result.progress.snapshots[0]
    log = lambda value: value.clamp(min=1e-38).log10().item()
    return {
        "log10_product_over_30_steps": log(newest.along[0]),
        "log10_product_before_training": log(start.along[0]),
        "product_over_30_steps": newest.along[0].item(),
        "whole_gradient_over_30_steps": newest.whole[0].item(),
        "log10_whole_over_product": log(newest.whole[0]) - log(newest.along[0]),
        "mean_forget_gate": newest.forget[1:].mean().item(),
        "accuracy": newest.accuracy,
    }
