"""sLSTM, mLSTM and LSTM on three tasks, or with one mechanism changed: ``python -m models.training.extended_lstm``.

Five trainings of each, in one checkpoint, under ``<task>_<variant>``; those of sLSTM and mLSTM with snapshots.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.memory_tasks import Task, nearest, parity, recall
from models.recurrence.reader import Reader
from models.recurrence.xlstm_variants import VARIANTS, WIDTH, Variant, build
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "extended_lstm"
BATCH, HELD_OUT = 64, 512
LONGEST, MOST_PAIRS, SCANNED = 16, 16, 16


SNAPSHOTS = (0, 25, 50, 100, 200, 300, 400)
PLAN = plan_of(SNAPSHOTS[-1])


def beginning(variant: Variant) -> Callable[[Reader], object]:
    """What changes the weights that each of the trainings begins with, called in their order."""
    trainings = iter(range(TRAININGS))
    return lambda model: variant.started(model.cell, next(trainings))


def batch(task: str, rows: int, done: float, draws: torch.Generator) -> Task:
    """Training texts: parity gets longer up to LONGEST; recall has up to MOST_PAIRS pairs."""
    if task == "parity":
        return parity(rows, min(LONGEST, 3 + int(done * 1.6 * (LONGEST - 3))), draws)
    if task == "recall":
        return recall(rows, int(torch.randint(1, MOST_PAIRS + 1, (1,), generator=draws)), draws)
    return nearest(rows, SCANNED, draws)


def losses(task: str, rows: int, plan: Plan) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses at each step, each on texts of its own."""
    step = 0

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        nonlocal step
        step += 1
        x, targets = apart(batch(task, TRAININGS * rows, step / plan.steps, draws))
        logits = models(x)
        logits = logits[:, :, -1] if task == "recall" else logits
        return TRAININGS * cross_entropy(logits.flatten(0, -2), targets.flatten())

    return loss


def kind_of(name: str, rows: int, plan: Plan) -> Kind:
    """A variant with its task; only some keep their snapshots."""
    variant = VARIANTS[name]
    return Kind(
        lambda: build(name),
        losses(variant.task, rows, plan),
        beginning(variant),
        lambda: build(name, training=True),
        None if name in ("recall_mlstm", "nearest_slstm", "parity_slstm") else [plan.steps],
    )


@torch.inference_mode()
def accuracy(model: nn.Module, task: str, length: int, draws: torch.Generator, rows: int = HELD_OUT) -> float:
    """The share of held-out texts answered rightly at their end; ``length`` counts steps, of recall pairs."""
    make = {"parity": parity, "recall": recall, "nearest": nearest}[task]
    x, targets = make(rows, length, draws)
    last = targets if task == "recall" else targets[:, -1]
    return (model(x)[0][:, -1].argmax(dim=-1) == last).float().mean().item()


ASKED = {"parity": 64, "recall": 8, "nearest": 16}


def measured(models: Mapping[str, list[Reader]]) -> dict[str, float]:
    """The lowest and the highest accuracy of the five trainings: parity of 64 bits, 8 pairs, 16 similarities."""
    found = {}
    for name, trainings in models.items():
        task = VARIANTS[name].task
        values = [accuracy(model, task, ASKED[task], generator(UNSEEN)) for model in trainings]
        found |= {f"{name}_lowest_accuracy": min(values), f"{name}_highest_accuracy": max(values)}
    return found


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, SNAPSHOTS)
    made = all_trained({name: kind_of(name, options.batch or BATCH, plan) for name in VARIANTS}, plan, snapshots)
    told = {
        "data": "parity of up to 16 bits, recall of up to 16 pairs, the value of the highest of 16 similarities",
        "architecture": {"width": WIDTH},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=64)
def pretrained(name: str, training: int, snapshot: int = -1, device: str = "cpu") -> Reader:
    """The model of a variant, of one training at one snapshot; share it."""
    return restored(NAME, name, lambda: build(name), training, snapshot).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(VARIANTS, pretrained)))}


if __name__ == "__main__":
    main()
