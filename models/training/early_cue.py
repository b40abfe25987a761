"""A linear state space layer that learns to keep a cue for 100 steps: ``python -m models.training.early_cue``.

Five trainings with snapshots lie in one checkpoint. All modes begin with the same half-life, far shorter than the cue
is old, so that what is slow in the end became so.
"""

import math
from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from models.data.early_cue import Cued, early_cue
from models.seeding import generator
from models.statespace.classifiers import LastStepReader
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "early_cue"
MODES = 16
SNAPSHOTS = (0, 50, 100, 200, 400, 800)
PLAN = plan_of(SNAPSHOTS[-1], learning_rate=3e-2)
BATCH, HELD_OUT = 64, 2000
STEP, DECAY = 0.015, 2.0
"""The first Δ and the first decay of every mode: half-lives of ln 2 / (Δ · decay) = 23 steps."""
READ = 8.0
"""What the first C is multiplied by: with so small a step, the output would be small for long."""


def build() -> LastStepReader:
    return LastStepReader(MODES)


@torch.no_grad()
def started(model: LastStepReader) -> None:
    layer = model.layer.start(STEP, STEP)
    layer.log_decay.fill_(math.log(DECAY))
    for read in (layer.read_real, layer.read_imaginary):
        read.mul_(READ)


def loss(models: SideBySide, draws: torch.Generator, rows: int = BATCH) -> Tensor:
    """The sum of the trainings' losses, each on texts of its own."""
    read = early_cue(TRAININGS * rows, draws)
    u, classes = apart((read.u, read.classes))
    with torch.autocast("cpu", enabled=False):  # a kernel of 128 powers does not bear half precision
        return TRAININGS * binary_cross_entropy_with_logits(models(u), classes.float())


@torch.inference_mode()
def accuracy(model: LastStepReader, read: Cued) -> float:
    """The share of sequences whose cue has the sign of the last output."""
    return ((model(read.u)[0] > 0).long() == read.classes).float().mean().item()


def measured(models: Mapping[str, list[LastStepReader]]) -> dict[str, float]:
    """The lowest share of right answers of the five trainings."""
    read = early_cue(HELD_OUT, generator(UNSEEN))
    return {
        "lowest_accuracy": min(accuracy(model, read) for trainings in models.values() for model in trainings),
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, SNAPSHOTS)
    batch = options.batch or BATCH
    made = all_trained({NAME: Kind(build, lambda models, draws: loss(models, draws, batch), started)}, plan, snapshots)
    told = {
        "data": "pulses of either sign in noise, of which the first counts, fresh at every step",
        "architecture": {"state": MODES},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=64)
def pretrained(training: int, snapshot: int = -1, device: str = "cpu") -> LastStepReader:
    """One training at one snapshot; share it."""
    return restored(NAME, NAME, build, training, snapshot).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped([NAME], lambda kind, training: pretrained(training))))}


if __name__ == "__main__":
    main()
