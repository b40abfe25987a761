"""sLSTM, mLSTM and LSTM on three tasks, or with one mechanism changed: ``python -m models.training.extended_lstm``.

Five trainings of each, in one checkpoint, under ``<task>_<variant>``; those of sLSTM and mLSTM with snapshots.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid

from models.data.memory_tasks import KEYS, NEAREST_FEATURES, PAIR_FEATURES, VALUES, Task, nearest, parity, recall
from models.recurrence.lstm import LSTM
from models.recurrence.mlstm import MLSTM, ParallelMLSTM
from models.recurrence.reader import Reader
from models.recurrence.slstm import SLSTM
from models.recurrence.xlstm_ablations import FixedKeyMLSTM, UnmixedSLSTM, VectorMemory
from models.seeding import generator
from models.training.cells import TRAININGS, apart, one_of, plan_of, restored, trained, tried
from models.training.finish import finish
from models.training.language import arguments
from models.training.loop import Plan
from models.training.metrics import UNSEEN
from models.training.recipes import Made
from models.training.side_by_side import SideBySide

NAME = "extended_lstm"
WIDTH, BATCH, HELD_OUT = 16, 64, 512
LONGEST, MOST_PAIRS, SCANNED = 16, 16, 16


class Variant(NamedTuple):
    """A cell of a task; ``read_as`` builds it where it runs, if another form of it does."""

    task: str
    build: Callable[[int], nn.Module]  # from the number of inputs
    started: Callable[[Any, int], object] = lambda cell, training: cell.start()
    width: int = WIDTH
    read_as: Callable[[int], nn.Module] | None = None


def mlstm(inputs: int) -> nn.Module:
    return MLSTM(inputs, WIDTH)


VARIANTS: Mapping[str, Variant] = {
    "parity_slstm": Variant("parity", lambda n: SLSTM(n, WIDTH)),
    "parity_slstm_unmixed": Variant("parity", lambda n: UnmixedSLSTM(n, WIDTH)),
    "parity_slstm_two_heads": Variant("parity", lambda n: SLSTM(n, WIDTH, heads=2)),
    "parity_lstm": Variant("parity", lambda n: LSTM(n, WIDTH)),
    "parity_mlstm": Variant("parity", lambda n: ParallelMLSTM(n, WIDTH), read_as=mlstm),
    "recall_slstm": Variant("recall", lambda n: SLSTM(n, WIDTH)),
    "recall_lstm": Variant("recall", lambda n: LSTM(n, WIDTH)),
    "recall_mlstm": Variant("recall", lambda n: ParallelMLSTM(n, WIDTH), read_as=mlstm),
    "recall_mlstm_fixed_keys": Variant(
        "recall", lambda n: FixedKeyMLSTM(n, WIDTH), lambda cell, seed: cell.start().fix_keys(KEYS, seed)
    ),
    "recall_vector_memory": Variant("recall", lambda n: VectorMemory(n, WIDTH**2), width=WIDTH**2),
    "nearest_slstm": Variant("nearest", lambda n: SLSTM(n, WIDTH)),
    "nearest_slstm_sigmoid": Variant("nearest", lambda n: SLSTM(n, WIDTH, log_input=logsigmoid)),
    "nearest_lstm": Variant("nearest", lambda n: LSTM(n, WIDTH)),
}
SIZES = {"parity": (2, 2), "recall": (PAIR_FEATURES, VALUES), "nearest": (NEAREST_FEATURES, VALUES)}
SNAPSHOTS = (0, 25, 50, 100, 200, 300, 400)
PLAN = plan_of(SNAPSHOTS[-1])


def build(name: str, training: bool = False) -> Reader:
    """The model of a variant, as it runs or as it is trained."""
    variant = VARIANTS[name]
    inputs, outputs = SIZES[variant.task]
    cell = variant.build if training else variant.read_as or variant.build
    return Reader(cell(inputs), variant.width, outputs)


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
    state, models, seconds = {}, {}, 0.0
    for name, variant in VARIANTS.items():
        kept = snapshots if name in ("recall_mlstm", "nearest_slstm", "parity_slstm") else [plan.steps]
        make = lambda name=name: build(name, training=True)
        loss = losses(variant.task, options.batch or BATCH, plan)
        weights, took = trained(make, loss, plan, kept, beginning(variant))
        seconds += took
        print(name, flush=True)
        state |= {f"{name}.{key}": weight for key, weight in weights.items()}
        models[name] = [one_of(weights, lambda name=name: build(name), training) for training in range(TRAININGS)]
    told = {
        "data": "parity of up to 16 bits, recall of up to 16 pairs, the value of the highest of 16 similarities",
        "architecture": {"width": WIDTH},
        "trainings": TRAININGS,
        "snapshots": snapshots,
        "seconds": round(seconds, 1),
    }
    together = nn.ModuleList(trainings[0] for trainings in models.values())
    finish(NAME, together, plan, options, measured(models), state=state, **told)


@lru_cache(maxsize=64)
def pretrained(name: str, training: int, snapshot: int = -1, device: str = "cpu") -> Reader:
    """The model of a variant, of one training at one snapshot; share it."""
    return restored(NAME, name, lambda: build(name), training, snapshot).to(device)


CHECKPOINTS = {
    NAME: Made(lambda: measured({name: [pretrained(name, n) for n in range(TRAININGS)] for name in VARIANTS}))
}


if __name__ == "__main__":
    main()
