"""A small S4D classifier that learns four pitches at one sampling rate: ``python -m models.training.tones``.

Five trainings lie in one checkpoint. None of them hears another rate.
"""

from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.data.tones import PITCHES, SAMPLES, Tones, tones
from models.seeding import generator
from models.statespace.classifiers import ToneClassifier
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "tones"
CHANNELS, MODES = 16, 8
PLAN = plan_of(150, learning_rate=3e-2)
BATCH, HELD_OUT = 32, 1000
SHORTEST, LONGEST = 0.005, 0.2
"""The first steps Δ of the channels lie between these."""


def build() -> ToneClassifier:
    return ToneClassifier(CHANNELS, MODES, len(PITCHES))


def started(model: ToneClassifier) -> None:
    model.layer.start(SHORTEST, LONGEST)


def loss(models: SideBySide, draws: torch.Generator, rows: int = BATCH) -> Tensor:
    """The sum of the trainings' losses, each on sounds of its own."""
    heard = tones(TRAININGS * rows, draws)
    u, classes = apart((heard.u, heard.classes))
    with torch.autocast("cpu", enabled=False):  # a kernel of 128 powers does not bear half precision
        return TRAININGS * cross_entropy(models(u).flatten(0, 1), classes.flatten())


@torch.inference_mode()
def accuracy(model: ToneClassifier, heard: Tones) -> float:
    """The share of sounds whose pitch is named rightly."""
    return (model(heard.u)[0].argmax(dim=-1) == heard.classes).float().mean().item()


def measured(models: Mapping[str, list[ToneClassifier]]) -> dict[str, float]:
    """The lowest share of right answers of the five trainings, at the rate that they were trained at."""
    heard = tones(HELD_OUT, generator(UNSEEN))
    return {"lowest_accuracy": min(accuracy(model, heard) for trainings in models.values() for model in trainings)}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, (PLAN.steps,))
    batch = options.batch or BATCH
    kinds = {NAME: Kind(build, lambda models, draws: loss(models, draws, batch), started)}
    made = all_trained(kinds, plan, snapshots or (plan.steps,))
    told = {
        "data": f"tones of four pitches in noise, {SAMPLES} samples each, fresh at every step",
        "architecture": {"channels": CHANNELS, "state": MODES, "classes": len(PITCHES)},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=16)
def pretrained(training: int, device: str = "cpu") -> ToneClassifier:
    """One training; share it."""
    return restored(NAME, NAME, build, training).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped([NAME], lambda kind, training: pretrained(training))))}


if __name__ == "__main__":
    main()
