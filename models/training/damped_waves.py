"""Gated closed-form cells that predict a wave's next look: ``python -m models.training.damped_waves``.

Five trainings of each kind lie in one checkpoint: the gate is given the seconds until the next look, or always the mean
of them; and a GRU that is given the seconds as an input.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn

from models.continuous.cfc import CfC, CfCTrace
from models.continuous.liquid_reader import GapGRU
from models.data.damped_waves import MEAN_GAP, Waves, waves
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "damped_waves"
CELLS, BACKBONE, GRU_WIDTH = 8, 24, 17
PLAN = plan_of(600, learning_rate=1e-2)
BATCH, LENGTH, HELD_OUT = 64, 24, 512


class WaveReader(nn.Module):
    """Closed-form cells and a linear readout; ``timed`` says whether the gate is given the gaps or their mean."""

    def __init__(self, *, timed: bool = True) -> None:
        super().__init__()
        self.cell, self.readout, self.timed = CfC(1, CELLS, BACKBONE), nn.Linear(CELLS, 1), timed

    def forward(self, y: Tensor, until_next: Tensor) -> tuple[Tensor, CfCTrace]:
        gap = until_next if self.timed else torch.full_like(until_next, MEAN_GAP)  # (B, T)
        states, trace = self.cell(y[..., None], gap)
        return self.readout(states)[..., 0], trace


class GapReader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.reader = GapGRU(1, GRU_WIDTH, 1)

    def forward(self, y: Tensor, until_next: Tensor) -> tuple[Tensor, object]:
        found, trace = self.reader(y[..., None], until_next)
        return found[..., 0], trace


BUILD: Mapping[str, Callable[[], nn.Module]] = {
    "timed": WaveReader, "mean_gap": lambda: WaveReader(timed=False), "gru": GapReader,
}  # fmt: skip


def loss(models: SideBySide, draws: torch.Generator, rows: int = BATCH) -> Tensor:
    """The sum of the trainings' losses, each on sequences of its own."""
    y, gap, target, _ = apart(tuple(waves(TRAININGS * rows, LENGTH, draws)))
    with torch.autocast("cpu", enabled=False):
        return TRAININGS * (models(y, gap) - target)[..., SEEN:].square().mean()


SEEN = 4
"""Looks before the first that is judged: from fewer nobody can know the wave."""


@torch.inference_mode()
def error(model: nn.Module, data: Waves) -> float:
    """Root mean squared error of the predictions."""
    return (model(data.y, data.until_next)[0] - data.target)[:, SEEN:].square().mean().sqrt().item()


def measured(models: Mapping[str, list[nn.Module]]) -> dict[str, float]:
    """The mean error of the five trainings of each kind on held-out sequences."""
    data = waves(HELD_OUT, LENGTH, generator(UNSEEN))
    return {
        f"{kind}_error": sum(error(model, data) for model in trainings) / TRAININGS
        for kind, trainings in models.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, (PLAN.steps,))
    batch = options.batch or BATCH
    kinds = {name: Kind(build, lambda models, draws: loss(models, draws, batch)) for name, build in BUILD.items()}
    made = all_trained(kinds, plan, snapshots or (plan.steps,))
    told = {
        "data": f"damped sine waves, {LENGTH} looks at uneven times, fresh at every step",
        "architecture": {"cells": CELLS, "backbone": BACKBONE, "width of the GRU": GRU_WIDTH},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=16)
def pretrained(kind: str, training: int, device: str = "cpu") -> nn.Module:
    """One training of one kind; share it."""
    return restored(NAME, kind, BUILD[kind], training).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(BUILD, pretrained)))}


if __name__ == "__main__":
    main()
