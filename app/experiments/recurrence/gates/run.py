"""An LSTM or a GRU that learned to keep a marked digit reads a text: its gates, and what it would answer."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.gates.altered import Alteration, altered
from app.experiments.recurrence.gates.cells import Gates, Inputs, gates_of, inputs_of, storing_units
from app.experiments.recurrence.typed_signs import Signs, point_of_the_training
from models.data.marked_digits import DIGITS, NOT_ASKED, Marked, parsed, texts
from models.parameter_count import parameter_count
from models.recurrence.reader import Reader
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.gated_cells import ANSWERS, SNAPSHOTS, pretrained

ROWS, LENGTH, LONGEST, STORING = 192, 40, 40, 6

Cell = Literal["lstm", "gru"]
Asked = Literal["the marked digit", "the last digit", "one more than the marked"]
TRAINED_ON: Mapping[Asked, str] = {
    "the marked digit": "", "the last digit": "_last_read", "one more than the marked": "_one_more",
}  # fmt: skip


class GateControls(Controls):
    text: Signs = Field(
        "31*7402?9586?20*3146?857?", title="Text", description="Digits, ? asks, * marks the digit that follows"
    )
    cell: Cell = Field("lstm", title="Cell", description="Both have about 1 600 parameters")
    alteration: Alteration = Field("none", title="Changed in the trained cell")
    trained: int = point_of_the_training(SNAPSHOTS)
    length: int = Field(40, ge=10, le=200, multiple_of=10, title="Length of held-out texts")
    asked: Asked = Field("the marked digit", title="Trained to name", description="Each a training of its own")


class GateResult(NamedTuple):
    controls: GateControls
    text: Marked  # (1, T)
    inputs: Inputs
    labels: list[str]
    units: list[int]  # those that store the digit, chosen on other texts
    shown: Gates  # (T, STORING) on the typed text
    probabilities: Tensor  # (T, 10) of the answer after each step
    held_out: Marked
    gates: Gates  # (B, T, STORING) on held-out texts
    accuracy: float
    course: list[float]  # accuracy at each snapshot
    parameters: int
    notices: list[str]


@memo
@torch.inference_mode()
def accuracy_of(
    cell: Cell, asked: Asked, alteration: Alteration, seed: int, snapshot: int, length: int, device: str
) -> float:
    """The share of questions of held-out texts that are answered rightly."""
    text = ANSWERS[TRAINED_ON[asked]](texts(ROWS, length, generator(seed + 2)))
    model, _ = prepared(cell, asked, alteration, seed, snapshot, device)
    right = model(text.x.to(device))[0].argmax(dim=-1).cpu() == text.targets
    return right[text.targets != NOT_ASKED].float().mean().item()


def prepared(
    cell: Cell, asked: Asked, alteration: Alteration, seed: int, snapshot: int, device: str
) -> tuple[Reader, list[int]]:
    """The trained network as it is altered, and its storing units; the seed picks the training and the texts."""
    model = pretrained(cell + TRAINED_ON[asked], seed % TRAININGS, snapshot, device)
    other = texts(ROWS, LENGTH, generator(seed + 1))
    moved = Marked(other.x.to(device), other.targets.to(device))
    units = storing_units(model, moved, STORING)
    return altered(model, alteration, moved, units), units


@torch.inference_mode()
def run(controls: GateControls, device: str) -> GateResult:
    c = controls
    model, units = prepared(c.cell, c.asked, c.alteration, c.seed, c.trained, device)
    typed, labels = parsed(c.text, LONGEST)
    text = ANSWERS[TRAINED_ON[c.asked]](typed)
    notices = [] if set(c.text) & set("0123456789?") else ["text: no digit in it; a 0 is read"]
    logits, trace = model(text.x.to(device))
    held_out = texts(ROWS, LENGTH, generator(c.seed + 2))
    after = model(held_out.x.to(device))[1]
    return GateResult(
        c,
        text,
        inputs_of(model.cell, text.x.to(device), trace),
        labels,
        units,
        Gates(*(part[0] for part in gates_of(trace, units))),
        logits[0].softmax(dim=-1),
        held_out,
        gates_of(after, units),
        accuracy_of(c.cell, c.asked, c.alteration, c.seed, c.trained, c.length, device),
        [accuracy_of(c.cell, c.asked, c.alteration, c.seed, at, LENGTH, device) for at in range(len(SNAPSHOTS))],
        parameter_count(model),
        notices,
    )


def measure(result: GateResult) -> Measurements:
    marks, asks = result.held_out.marks, result.held_out.asks
    distractors = ~marks & ~asks
    kept = distractors & (marks.cumsum(dim=1) > 0)
    writes = {"marks": result.gates.writes[marks].mean(), "distractors": result.gates.writes[distractors].mean()}
    return {
        "accuracy": result.accuracy,
        "write_gate_at_marks": writes["marks"].item(),
        "write_gate_at_distractors": writes["distractors"].item(),
        "write_gate_marks_over_distractors": (writes["marks"] / writes["distractors"]).item(),
        "keep_gate_at_distractors": result.gates.keeps[kept].mean().item(),
        "keep_gate_at_marks": result.gates.keeps[marks].mean().item(),
        "chance": 1 / DIGITS,
    }
