"""A recurrent network that learned to predict characters reads a text; a probe reads the depth from its state."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import one_hot

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.typed_signs import Signs, ids_of, point_of_the_training
from models.data.bracketed_text import ALPHABET, DEEPEST, Bracketed, latent, texts
from models.parameter_count import parameter_count
from models.recurrence.probe import correlation, fitted
from models.training.cells import TRAININGS
from models.training.character_rnn import SNAPSHOTS, V, pretrained

ROWS, LENGTH, LONGEST, UNITS = 96, 64, 48, 8

Training = Literal["as written", "state detached at every character", "characters shuffled", "letters shuffled"]
VARIANTS: dict[Training, str] = {
    "as written": "as_written", "state detached at every character": "detached", "characters shuffled": "shuffled",
    "letters shuffled": "letters_shuffled",
}  # fmt: skip


class CharacterControls(Controls):
    text: Signs = Field('ab(cd(e)f)a"bc"(d(e(f)))a.', title="Text", description='Letters a to f, ( ) " . and spaces')
    training: Training = Field("as written", title="Trained on", description="Other texts, or with the gradient cut")
    trained: int = point_of_the_training(SNAPSHOTS)
    deepest: int = Field(DEEPEST, ge=DEEPEST, le=8, title="Deepest bracket", description="Of the held-out texts")


class Read(NamedTuple):
    """What a probe that was fitted on other texts finds in held-out ones."""

    correlation: float
    best_unit: float  # of the unit that correlates most in the other texts
    by_depth: Tensor  # (deepest + 1,) mean of the probe where the depth is 0, 1, …


class CharacterResult(NamedTuple):
    controls: CharacterControls
    text: Bracketed  # (1, T)
    from_x: Tensor  # (1, T, D)
    from_h: Tensor  # (1, T, D)
    states: Tensor  # (1, T, D)
    probed: Tensor  # (T,) the probe on the typed text
    units: list[int]  # those that correlate most, in other texts
    read: Read
    course: list[float]  # correlation at each snapshot
    course_as_written: list[float]
    parameters: int
    notices: list[str]


def states_of(variant: str, training: int, snapshot: int, ids: Tensor, device: str) -> Tensor:
    """(B, T, D)"""
    return pretrained(variant, training, snapshot, device)(one_hot(ids, V).float().to(device))[1].states


@memo
@torch.inference_mode()
def depth_read(variant: str, snapshot: int, seed: int, deepest: int, device: str) -> Read:
    """From a network after some training; the seed picks the training and the texts."""
    training = seed % TRAININGS
    other, held_out = texts(ROWS, LENGTH, seed + 1), texts(3 * ROWS, LENGTH, seed + 2, deepest)
    learned = states_of(variant, training, snapshot, other.ids, device).flatten(0, 1)
    depth = other.depth.flatten().float().to(device)
    probe = fitted(learned, depth)
    states = states_of(variant, training, snapshot, held_out.ids, device).flatten(0, 1)
    true = held_out.depth.flatten().float().to(device)
    unit = correlation(learned, depth[:, None]).abs().argmax()
    found = probe(states)
    return Read(
        correlation(found, true).item(),
        correlation(states[:, unit], true).abs().item(),
        torch.stack([found[true == level].mean() for level in range(deepest + 1)]),
    )


@torch.inference_mode()
def run(controls: CharacterControls, device: str) -> CharacterResult:
    c = controls
    variant, training = VARIANTS[c.training], c.seed % TRAININGS
    model = pretrained(variant, training, c.trained, device)
    ids, notices = ids_of(c.text.lower().replace("“", '"').replace("”", '"'), ALPHABET, LONGEST)
    text = latent(ids)
    x = one_hot(text.ids, V).float().to(device)
    states = model(x)[1].states
    before = torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], dim=1)
    other = texts(ROWS, LENGTH, c.seed + 1)
    learned = states_of(variant, training, c.trained, other.ids, device).flatten(0, 1)
    depth = other.depth.flatten().float().to(device)
    strength = correlation(learned, depth[:, None]).abs()
    course = lambda name: [
        depth_read(name, index, c.seed, DEEPEST, device).correlation for index in range(len(SNAPSHOTS))
    ]
    return CharacterResult(
        c,
        text,
        model.cell.from_input(x),
        model.cell.from_state(before),
        states,
        fitted(learned, depth)(states[0]),
        strength.argsort(descending=True)[:UNITS].tolist(),
        depth_read(variant, c.trained, c.seed, c.deepest, device),
        course(variant),
        course("as_written"),
        parameter_count(model),
        notices,
    )


def measure(result: CharacterResult) -> Measurements:
    read = result.read
    return {
        "depth_correlation": read.correlation,
        "best_unit_correlation": read.best_unit,
        "untrained_correlation": result.course[0],
        "probe_at_deepest": read.by_depth[-1].item(),
        "probe_at_depth_4": read.by_depth[DEEPEST].item(),
    }
