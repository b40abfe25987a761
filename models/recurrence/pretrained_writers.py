"""Encoder-decoders that write lists of words again, by what aligns them; trained ones are loaded once.

Share the loaded ones, do not train them.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from models.attention.bahdanau import BahdanauTranslator, FirstStateQuery
from models.attention.luong import (
    ConcatScore,
    DotScore,
    GeneralScore,
    GlobalAlignment,
    MonotonicAlignment,
    PredictiveAlignment,
    WindowAlone,
)
from models.checkpoints import load_state
from models.data.word_lists import SYMBOLS, Task
from models.recurrence.own_words import FreeRunning
from models.recurrence.sequence_to_sequence import FinalState, SequenceToSequence, UniformAlignment
from models.seeding import unfilled

WIDTH, HALF_WIDTH = 48, 2
TRAININGS = 3
SNAPSHOTS = 25, 50, 100, 200, 300, 450, 650, 1000


def with_alignment(
    alignment: Callable[[], nn.Module], kind: type[SequenceToSequence] = SequenceToSequence
) -> nn.Module:
    return kind(SYMBOLS, WIDTH, alignment())


def with_score(score: Callable[[], nn.Module]) -> nn.Module:
    return with_alignment(lambda: GlobalAlignment(score()))


def predictive(sigma: float, kind: type[PredictiveAlignment] = PredictiveAlignment) -> nn.Module:
    return with_alignment(lambda: kind(GeneralScore(WIDTH), WIDTH, HALF_WIDTH, sigma))


GROUPS: Mapping[str, Mapping[str, Callable[[], nn.Module]]] = {
    "sequence_to_sequence": {
        "final state": lambda: with_alignment(FinalState),
        "uniform": lambda: with_alignment(UniformAlignment),
        "dot": lambda: with_score(DotScore),
    },
    "luong": {
        "general": lambda: with_score(lambda: GeneralScore(WIDTH)),
        "concat": lambda: with_score(lambda: ConcatScore(WIDTH)),
        "local-m": lambda: with_alignment(lambda: MonotonicAlignment(GeneralScore(WIDTH), HALF_WIDTH)),
        "local-p": lambda: predictive(HALF_WIDTH / 2),
        "local-p, narrower": lambda: predictive(HALF_WIDTH / 3),
        "local-p without Gaussian": lambda: predictive(HALF_WIDTH / 2, WindowAlone),
    },
    "bahdanau": {
        "last state": lambda: BahdanauTranslator(SYMBOLS, WIDTH),
        "first state": lambda: FirstStateQuery(SYMBOLS, WIDTH),
    },
}
FORCING: Mapping[str, Callable[[], nn.Module]] = {
    "teacher": lambda: with_score(DotScore),
    "own words": lambda: FreeRunning(SYMBOLS, WIDTH, GlobalAlignment(DotScore())),
    "not shifted": lambda: with_score(DotScore),
}


def name_of(training: int, kind: str, task: Task) -> str:
    """Where the weights of a model lie in its checkpoint."""
    return f"{training}.{kind}.{task}"


@lru_cache(maxsize=128)
def writer(group: str, kind: str, task: Task, training: int = 0, device: str = "cpu") -> Any:
    """A model of the checkpoint ``group``: sequence_to_sequence, luong or bahdanau."""
    own = f"{name_of(training, kind, task)}."
    state = {k.removeprefix(own): w for k, w in load_state(group).items() if k.startswith(own)}
    return _with(GROUPS[group][kind], state, device)


@lru_cache(maxsize=64)
def forced_writer(kind: str, snapshot: int = -1, device: str = "cpu") -> Any:
    """A model of the checkpoint ``teacher_forcing`` at a point of its training."""
    own = f"{kind}."
    state = {k.removeprefix(own): w[snapshot] for k, w in load_state("teacher_forcing").items() if k.startswith(own)}
    return _with(FORCING[kind], state, device)


def _with(build: Callable[[], nn.Module], state: Mapping[str, torch.Tensor], device: str) -> Any:
    with torch.inference_mode(False):
        with unfilled():
            model = build()
        model.load_state_dict(state, assign=True)
        return model.to(device).eval().requires_grad_(False)
