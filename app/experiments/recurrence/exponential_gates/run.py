"""An sLSTM that learned to keep the value with the highest similarity so far: its gates and their stabiliser."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import logsigmoid, one_hot

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.typed_signs import Signs, cut, point_of_the_training
from models.data.memory_tasks import NEAREST_FEATURES, VALUES, nearest
from models.parameter_count import parameter_count
from models.recurrence.reader import Reader
from models.recurrence.slstm import SLSTM, SLSTMTrace, newest_share
from models.recurrence.xlstm_ablations import UnstabilisedSLSTM
from models.recurrence.xlstm_variants import WIDTH
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.extended_lstm import SNAPSHOTS, pretrained

ROWS, LENGTH, LONGEST = 512, 16, 24

Gate = Literal["exponential", "sigmoid, in the trained cell", "sigmoid, retrained"]
Stabiliser = Literal["running maximum", "none"]


class ExponentialControls(Controls):
    text: Signs = Field(
        "31 20 55 43 02 67 16 74 50 93 61 22", title="Text", description="Two digits: similarity 0–9, value 0–7"
    )
    gate: Gate = Field("exponential", title="Input gate")
    stabiliser: Stabiliser = Field("running maximum", title="Stabiliser")
    raised: float = Field(
        0.0, ge=-100, le=100, multiple_of=1, title="All exponents raised by", description="Added to each ln i"
    )
    trained: int = point_of_the_training(SNAPSHOTS, json_schema_extra=MORE)


class HeldOut(NamedTuple):
    """Of held-out texts."""

    accuracy: float  # at their end
    share_at_best: float  # of the cell that a new highest step makes up, mean over units
    share_elsewhere: float
    largest_exponent: float  # of ln i
    finite: float  # share of states that are finite numbers


class ExponentialResult(NamedTuple):
    controls: ExponentialControls
    labels: list[str]
    similarity: Tensor  # (T,) of the typed text, 0 to 9
    best: list[int]  # the step with the highest similarity so far
    trace: SLSTMTrace  # on the typed text
    probabilities: Tensor  # (T, 8) of the kept value
    held_out: HeldOut
    course: list[float]  # accuracy at each snapshot of the exponential gate
    parameters: int
    notices: list[str]


def parsed(typed: str) -> tuple[Tensor, Tensor, list[str], list[str]]:
    """Similarities and values (T,), a label per step, and what was left out."""
    words = [word for word in typed.split() if len(word) == 2 and word.isdigit() and word[1] in "01234567"]
    left_out = len(typed.split()) - len(words)
    notices = [f"text: {left_out} words were left out; a word is two digits, the second 0 to 7"] if left_out else []
    notices += cut(len(words), LONGEST, "steps")
    words = words[:LONGEST] or ["00"]
    similarity, value = (torch.tensor([int(word[place]) for word in words]) for place in (0, 1))
    return similarity, value, words, notices


def features(similarity: Tensor, values: Tensor) -> Tensor:
    """Digits as training saw them, similarities from −1 to 1: (1, T, F)."""
    return torch.cat([(similarity / 4.5 - 1)[:, None], one_hot(values, VALUES)], dim=-1)[None].float()


def prepared(controls: ExponentialControls, snapshot: int, device: str) -> Reader:
    """The trained network with its input gate and stabiliser as they are set."""
    c, training = controls, controls.seed % TRAININGS
    retrained = c.gate == "sigmoid, retrained"
    name = "nearest_slstm_sigmoid" if retrained else "nearest_slstm"
    trained = pretrained(name, training, -1 if retrained else snapshot, device)
    bounded = c.gate != "exponential"
    log_input = lambda raw: (logsigmoid(raw) if bounded else raw) + c.raised
    kind = UnstabilisedSLSTM if c.stabiliser == "none" else SLSTM
    cell: nn.Module = kind(NEAREST_FEATURES, WIDTH, log_input=log_input)
    model = Reader(cell, WIDTH, VALUES).to(device)
    model.load_state_dict(trained.state_dict())
    return model.requires_grad_(False)


@memo
@torch.inference_mode()
def measured(controls: ExponentialControls, snapshot: int, device: str) -> HeldOut:
    """On held-out texts of 16 steps; the newest value's share of a cell is i' / n'."""
    x, targets = nearest(ROWS, LENGTH, generator(controls.seed + 1))
    logits, trace = prepared(controls, snapshot, device)(x.to(device))
    similarity = x[..., 0]
    best = similarity >= similarity.cummax(dim=1).values
    best[:, 0] = False  # the first step is all there is
    later = torch.ones_like(best)
    later[:, 0] = False
    share = newest_share(trace.input, trace.normalisers).mean(dim=-1).cpu()
    right = logits[:, -1].argmax(dim=-1).cpu() == targets[:, -1]
    finite = logits.isfinite().all(dim=-1).cpu()
    return HeldOut(
        (right & finite[:, -1]).float().mean().item(),
        share[best].nanmean().item(),
        share[later & ~best].nanmean().item(),
        trace.log_input.max().item(),
        finite.float().mean().item(),
    )


@torch.inference_mode()
def run(controls: ExponentialControls, device: str) -> ExponentialResult:
    c = controls
    similarity, values, labels, notices = parsed(c.text)
    model = prepared(c, c.trained, device)
    logits, trace = model(features(similarity, values).to(device))
    neutral = c.model_copy(update={"text": ""})
    plain = neutral.model_copy(update={"gate": "exponential", "stabiliser": "running maximum", "raised": 0.0})
    return ExponentialResult(
        c,
        labels,
        similarity,
        similarity.cummax(dim=0).indices.tolist(),
        trace,
        logits[0].softmax(dim=-1),
        measured(neutral, c.trained, device),
        [measured(plain, at, device).accuracy for at in range(len(SNAPSHOTS))],
        parameter_count(model),
        notices,
    )


def measure(result: ExponentialResult) -> Measurements:
    read, lost = result.held_out, ~result.probabilities.isfinite().all(dim=-1)
    return {
        "accuracy": read.accuracy,
        "finite_share": read.finite,
        "newest_share_at_best": read.share_at_best,
        "newest_share_elsewhere": read.share_elsewhere,
        "largest_exponent": read.largest_exponent,
        "first_step_lost": float(lost.nonzero()[0] + 1) if lost.any() else 0.0,
        "chance": 1 / VALUES,
    }
