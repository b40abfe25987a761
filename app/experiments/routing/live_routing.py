"""What the pages that train small mixtures live share: the training as a stream of snapshots."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls
from app.experiments.live_training import SNAPSHOTS, training
from models.data.planted_classes import plant
from models.routing.balance import counted_loss, switch_loss
from models.routing.live_training import Balance, LiveTraining, Rule, Snapshot

SMOOTH = 10


Loss = Literal["counts × probabilities", "counts only"]
LOSSES: dict[Loss, Balance] = {"counts × probabilities": switch_loss, "counts only": counted_loss}


class LiveControls(Controls):
    """What every such training may be set to."""

    loss: Loss = Field("counts × probabilities", title="Balancing loss", description="Counts alone have no gradient")

    common: float = Field(
        1.4,
        ge=0,
        le=2,
        multiple_of=0.1,
        title="Common part of all tokens",
        description="Its size against that of a class",
        json_schema_extra=MORE,
    )
    steps: int = Field(600, ge=100, le=1200, multiple_of=20, title="Training steps", json_schema_extra=MORE)


def training_of(controls: LiveControls, rules: Sequence[Rule], device: str) -> LiveTraining:
    """One mixture per rule, all from the same weights on the same planted tokens."""
    planted = plant(controls.seed, common=controls.common)
    balance = LOSSES[controls.loss]
    return LiveTraining(planted, rules, controls.seed, steps=controls.steps, balance=balance, device=device)


class Progress(NamedTuple):
    """A training up to some step."""

    loads: Tensor  # (S, R, E) of every batch so far
    newest: Snapshot  # at held-out tokens
    shown: list[Snapshot]  # what a figure steps through: the newest while training goes on, all of them when it is over
    shown_steps: list[int]  # the step of each

    def joint(self, run: int) -> np.ndarray:
        """Share of the tokens of each class sent to each expert, at every snapshot in ``shown``: (S', C, E)."""
        return torch.stack([one.joint[run] for one in self.shown]).numpy()

    def probability(self, run: int) -> np.ndarray:
        """Mean router probability at every snapshot in ``shown``: (S', E)."""
        return torch.stack([one.probability[run] for one in self.shown]).numpy()

    def smoothed(self) -> tuple[Tensor, Tensor]:
        """Steps (S',) and the mean load of every SMOOTH batches (S', R, E); at the very start that of one batch."""
        groups = len(self.loads) // SMOOTH
        if not groups:
            return torch.ones(1), self.loads[:1]
        mean = self.loads[: groups * SMOOTH].unflatten(0, (groups, SMOOTH)).mean(dim=1)
        return SMOOTH * torch.arange(1, groups + 1), mean


def watched(mixtures: LiveTraining, steps: int) -> Iterator[Progress]:
    """Train, and say how it stands: after the first step, then a few times a second, and at the end."""
    loads: list[Tensor] = []
    for moment in training(lambda: loads.append(mixtures.step()), mixtures.evaluate, steps, SNAPSHOTS):
        yield Progress(torch.stack(loads), moment.newest, moment.shown, moment.shown_steps)
