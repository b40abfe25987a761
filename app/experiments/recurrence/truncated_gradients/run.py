"""A recurrent network trained live to answer a question about an earlier cue, its gradient cut after some steps."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.memo import memo
from models.data.cue_and_question import CUES, SYMBOLS, Cued, texts
from models.parameter_count import parameter_count
from models.recurrence.live_training import LiveTraining
from models.recurrence.rnn import RNN
from models.recurrence.truncated import TruncatedReader, borders_of, gradient_by_step
from models.seeding import generator, seeded

WIDTH, BATCH, HELD_OUT = 32, 64, 512
BEFORE = 5  # distractors before the cue
LEARNING_RATE = 3e-3
COMPARED = (5, 15, 25)

Border = Literal["none", "between cue and question", "before the cue"]
Lags = Literal["one", "1 up to it"]


class TruncationControls(Controls):
    truncation: int = Field(
        25, ge=1, le=25, title="Truncation", description="Steps back from the question that the gradient goes"
    )
    border: Border = Field("none", title="One more border", description="Where the gradient is cut as well")
    lag: int = Field(17, ge=2, le=20, title="Lag", description="Steps from the cue to the question, in training")
    lags: Lags = Field("one", title="Lags in training", description="That lag only, or all up to it")
    asked: int = Field(17, ge=2, le=60, title="Lag that is asked", description="Of held-out texts, after training")
    steps: int = Field(200, ge=50, le=400, multiple_of=10, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """How it stands after some steps of training, on held-out texts."""

    accuracy: float  # at the lag that is asked
    cut: Tensor  # (T,) gradient of the loss by step, as it is used
    whole: Tensor  # (T,) as it would be without any cut


class TruncationResult(NamedTuple):
    controls: TruncationControls
    progress: Progress[Snapshot]
    compared: dict[int, Progress[Snapshot]]  # by truncation, with no other border; once the training is over
    parameters: int


def borders(controls: TruncationControls, lag: int) -> list[int]:
    """The steps of a text before which its gradient is cut."""
    extra = {"none": [], "between cue and question": [BEFORE + (lag + 1) // 2], "before the cue": [BEFORE]}
    return sorted({*borders_of(BEFORE + lag + 1, controls.truncation), *extra[controls.border]})


def live(controls: TruncationControls, device: str) -> tuple[LiveTraining, Iterator[Progress[Snapshot]]]:
    """A training that has not begun, and its snapshots."""
    model = seeded(lambda: TruncatedReader(RNN(SYMBOLS, WIDTH), WIDTH, CUES), controls.seed, device)
    model.cell.start(generator(controls.seed + 3))
    held_out = texts(HELD_OUT, controls.asked, generator(controls.seed + 1), BEFORE)
    shown = texts(BATCH, controls.lag, generator(controls.seed + 2), BEFORE)

    def loss(draws: torch.Generator) -> Tensor:
        some = controls.lags == "1 up to it"
        lag = int(torch.randint(1, controls.lag + 1, (1,), generator=draws)) if some else controls.lag
        text = texts(BATCH, lag, draws, BEFORE)
        model.borders = borders(controls, lag)
        return cross_entropy(model(text.x.to(device))[0][:, -1], text.cues.to(device))

    def evaluate() -> Snapshot:
        x, cues = shown.x.to(device), shown.cues.to(device)
        return Snapshot(
            accuracy(model, held_out, device),
            gradient_by_step(model, x, cues, borders(controls, controls.lag)),
            gradient_by_step(model, x, cues),
        )

    learning = LiveTraining(model, loss, controls.seed, LEARNING_RATE)
    return learning, training(learning.step, evaluate, controls.steps)


@torch.no_grad()
def accuracy(model: TruncatedReader, text: Cued, device: str) -> float:
    """The share of questions answered with the right cue."""
    model.borders = ()
    return (model(text.x.to(device))[0][:, -1].argmax(dim=-1) == text.cues.to(device)).float().mean().item()


@memo
def trained(controls: TruncationControls, device: str) -> Progress[Snapshot]:
    """The whole training."""
    *_, last = live(controls, device)[1]
    return last


def run(controls: TruncationControls, device: str) -> Iterator[TruncationResult]:
    learning, snapshots = live(controls, device)
    parameters = parameter_count(learning.model)
    for progress in snapshots:
        if not progress.done:
            yield TruncationResult(controls, progress, {}, parameters)
    others = {steps: controls.model_copy(update={"truncation": steps, "border": "none"}) for steps in COMPARED}
    yield TruncationResult(
        controls,
        progress,
        {steps: progress if other == controls else trained(other, device) for steps, other in others.items()},
        parameters,
    )


def measure(result: TruncationResult) -> Measurements:
    newest = result.progress.newest
    compared = {
        f"accuracy_truncated_after_{steps}": result.compared[steps].newest.accuracy if result.compared else float("nan")
        for steps in COMPARED
    }
    at_cue = newest.cut[BEFORE] / newest.cut[-1].clamp(min=1e-30)
    return {
        "accuracy": newest.accuracy,
        **compared,
        "asked": result.controls.asked,
        "gradient_at_cue_over_question": at_cue.item(),
        "steps_reached": int((newest.cut > 0).sum()),
        "chance": 1 / CUES,
    }
