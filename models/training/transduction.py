"""Small encoder-decoders that write lists of words again: ``python -m models.training.transduction --group all``.

Three checkpoints, each with models under ``<training>.<kind>.<task>``: without and with attention
(``sequence_to_sequence``), Luong's alignments (``luong``), Bahdanau's model (``bahdanau``). A fourth,
``teacher_forcing``, keeps points of the training under ``<kind>``, stacked.
"""

import argparse
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from models.data.word_lists import END, LONGEST, SHORTEST, SYMBOLS, Task, shifted_right
from models.recurrence.pretrained_writers import (
    FORCING,
    GROUPS,
    SNAPSHOTS,
    TRAININGS,
    WIDTH,
    forced_writer,
    writer,
)
from models.seeding import seeded
from models.training.finish import finish, stacked
from models.training.list_writing import drawn, loss_of, loss_of_all, measured, measured_forcing
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import Made
from models.training.side_by_side import SideBySide, shipped

BATCH = 32

TASKS: Mapping[str, tuple[Task, ...]] = {
    "sequence_to_sequence": ("copy", "reverse"),
    "luong": ("copy", "reverse"),
    "bahdanau": ("reverse",),
}
PLANS = {
    "sequence_to_sequence": Plan(steps=700, learning_rate=5e-3, weight_decay=0.0, clip=1.0 * TRAININGS),
    "luong": Plan(steps=600, learning_rate=5e-3, weight_decay=0.0, clip=1.0 * TRAININGS),
    "bahdanau": Plan(steps=600, learning_rate=5e-3, weight_decay=0.0, clip=1.0 * TRAININGS),
    "teacher_forcing": Plan(steps=SNAPSHOTS[-1], learning_rate=5e-3, weight_decay=0.0),
}
SYMBOLS_READ: Mapping[str, Callable[[Tensor], Tensor]] = {
    "teacher": shifted_right,
    "own words": shifted_right,  # of which only the first is read
    "not shifted": lambda target: target,
}


def make(group: str, options: argparse.Namespace) -> None:
    batch, seconds, plan = options.batch or BATCH, 0.0, plan_of(group, options)
    models: dict[tuple[int, str, Task], nn.Module] = {}
    for kind, build in GROUPS[group].items():
        for task in TASKS[group]:
            together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)]).to(options.device)
            seconds += train(together, lambda draws, m=together, t=task: loss_of_all(m, t, batch, draws), plan)
            for training, weights in enumerate(together.states()):
                models[training, kind, task] = shipped(build, weights)
    state = {
        f"{training}.{kind}.{task}.{k}": w
        for (training, kind, task), m in models.items()
        for k, w in m.state_dict().items()
    }
    finish(
        group, nn.ModuleList(models.values()), plan, options, measured(models), state=state,
        kinds=list(GROUPS[group]), trainings=TRAININGS, **told(batch, seconds),
    )  # fmt: skip


def make_forcing(options: argparse.Namespace) -> None:
    batch, seconds, plan = options.batch or BATCH, 0.0, plan_of("teacher_forcing", options)
    models, state = {}, {}
    for kind, build in FORCING.items():
        symbols = SYMBOLS_READ[kind]
        model, kept = seeded(build, 0, options.device), []

        def keep(step: int, model: nn.Module = model, kept: list[dict[str, Tensor]] = kept) -> None:
            if step in SNAPSHOTS or step == plan.steps:
                kept.append({name: weight.half() for name, weight in model.state_dict().items()})

        def loss(draws: torch.Generator, model: nn.Module = model, symbols: Callable = symbols) -> Tensor:
            given = drawn(batch, "reverse", draws)
            return loss_of(model, given, symbols(given.target))

        seconds += train(model, loss, plan, keep)
        state |= {f"{kind}.{name}": weight for name, weight in stacked(kept).items()}
        models[kind] = shipped(build, {name: weight.float() for name, weight in kept[-1].items()})
    finish(
        "teacher_forcing", nn.ModuleList(models.values()), plan, options, measured_forcing(models), state=state,
        snapshots=[step for step in SNAPSHOTS if step <= plan.steps], **told(batch, seconds),
    )  # fmt: skip


def plan_of(group: str, options: argparse.Namespace) -> Plan:
    return dataclasses.replace(PLANS[group], steps=options.steps or PLANS[group].steps)


def told(batch: int, seconds: float) -> dict[str, Any]:
    return {
        "data": f"lists of {SHORTEST} to {LONGEST} different words out of {END}, fresh at every step",
        "architecture": {"symbols": SYMBOLS, "width": WIDTH},
        "batch": batch,
        "seconds": round(seconds, 1),
    }


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--group", choices=[*GROUPS, "teacher_forcing", "all"], default="all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for group in [*GROUPS, "teacher_forcing"] if options.group == "all" else [options.group]:
        make_forcing(options) if group == "teacher_forcing" else make(group, options)


def loaded(group: str) -> dict[tuple[int, str, Task], Any]:
    return {
        (training, kind, task): writer(group, kind, task, training)
        for kind in GROUPS[group]
        for task in TASKS[group]
        for training in range(TRAININGS)
    }


CHECKPOINTS = {
    **{group: Made(lambda group=group: measured(loaded(group)), f"--group {group}") for group in GROUPS},
    "teacher_forcing": Made(
        lambda: measured_forcing({kind: forced_writer(kind) for kind in FORCING}), "--group teacher_forcing"
    ),
}

if __name__ == "__main__":
    main()
