"""What the pages that train small mixtures live share: the training as a stream of moments."""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls
from models.data.planted_classes import plant
from models.routing.live_training import LiveTraining, Look, Rule

MOMENTS = 12
PAUSE_SECONDS = 0.2
SMOOTH = 10


class LiveControls(Controls):
    """What every such training may be set to."""

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
    """One mixture a rule, all from the same weights on the same planted tokens."""
    planted = plant(controls.seed, common=controls.common)
    return LiveTraining(planted, rules, controls.seed, steps=controls.steps, device=device)


class Progress(NamedTuple):
    """A training up to some step."""

    loads: Tensor  # (S, R, E) of every batch so far
    looks: list[Look]  # at unseen tokens: before the first step, and after every MOMENTS-th part of the training
    steps: int  # how many there will be

    @property
    def look(self) -> Look:
        """The newest."""
        return self.looks[-1]

    @property
    def done(self) -> bool:
        return len(self.loads) == self.steps

    @property
    def seen(self) -> list[Look]:
        """What a figure shows: the newest while training goes on, all of them when it is over."""
        return self.looks if self.done else self.looks[-1:]

    @property
    def moments(self) -> list[str]:
        """The step of each look in ``seen``."""
        return (
            [str(round(moment * self.steps / MOMENTS)) for moment in range(MOMENTS + 1)]
            if self.done
            else [str(len(self.loads))]
        )

    def joint(self, run: int) -> np.ndarray:
        """Share of the tokens of each class sent to each expert, at every moment in ``seen``: (S', C, E)."""
        return torch.stack([look.joint[run] for look in self.seen]).numpy()

    def probability(self, run: int) -> np.ndarray:
        """Mean router probability at every moment in ``seen``: (S', E)."""
        return torch.stack([look.probability[run] for look in self.seen]).numpy()

    def smoothed(self) -> tuple[Tensor, Tensor]:
        """Steps (S',) and the mean load of every SMOOTH batches (S', R, E); at the very start that of one batch."""
        groups = len(self.loads) // SMOOTH
        if not groups:
            return torch.ones(1), self.loads[:1]
        mean = self.loads[: groups * SMOOTH].unflatten(0, (groups, SMOOTH)).mean(dim=1)
        return SMOOTH * torch.arange(1, groups + 1), mean


def watched(training: LiveTraining, steps: int) -> Iterator[Progress]:
    """Train, and say how it stands: after the first step, then a few times a second, and at the end."""
    loads: list[Tensor] = []
    looks = [training.look()]
    shown = 0.0
    for step in range(1, steps + 1):
        loads.append(training.step())
        if step * MOMENTS % steps < MOMENTS:
            looks.append(training.look())
        if step == steps or (
            (step * MOMENTS % steps < MOMENTS or step == 1) and time.perf_counter() - shown > PAUSE_SECONDS
        ):
            yield Progress(torch.stack(loads), list(looks), steps)
            shown = time.perf_counter()
