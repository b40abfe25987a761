"""Eight liquid cells that follow a quantity of changing pace: ``python -m models.training.changing_pace``.

Five trainings of each kind lie in one checkpoint: liquid cells whose flag tells the pace, tells the opposite, or
belongs to another sequence; leaky cells; a GRU with about as many weights.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from models.continuous.liquid import LiquidCells, start
from models.continuous.liquid_reader import GapGRU, LeakyCells, LiquidReader
from models.data.changing_pace import Flag, Paced, paced
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "changing_pace"
CELLS, GRU_WIDTH, UNFOLDS = 8, 9, 3
PLAN = plan_of(600, learning_rate=3e-2)
BATCH, LENGTH, HELD_OUT = 48, 32, 512
SLOW = (0.5, 2.0)
"""Capacitances at the start: cells begin slow, with time constants of about a second."""


def liquid() -> LiquidReader:
    return LiquidReader(LiquidCells(2, CELLS, unfolds=UNFOLDS), CELLS, 1)


def leaky() -> LiquidReader:
    return LiquidReader(LeakyCells(2, CELLS, unfolds=UNFOLDS), CELLS, 1)


def gru() -> GapGRU:
    return GapGRU(2, GRU_WIDTH, 1)


BUILD: Mapping[str, Callable[[], nn.Module]] = {
    "liquid": liquid, "liquid_inverted": liquid, "liquid_unrelated": liquid, "leaky": leaky, "gru": gru,
}  # fmt: skip
FLAGS: Mapping[str, Flag] = {"liquid_inverted": "inverted", "liquid_unrelated": "unrelated"}


def started(model: nn.Module) -> None:
    if isinstance(model, LiquidReader):
        start(model.cells, generator(int(1e6 * model.readout.weight[0, 0].abs())), c=SLOW)  # each training its own


def squared_error(models: nn.Module, data: tuple[Tensor, ...]) -> Tensor:
    x, elapsed, y, _ = data
    found = models(x, elapsed)
    return ((found if isinstance(found, Tensor) else found[0])[..., 0] - y).square().mean()


def losses(rows: int, flag: Flag) -> Callable[[SideBySide, torch.Generator], Tensor]:
    """The sum of the trainings' losses, each on sequences of its own."""

    def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
        with torch.autocast("cpu", enabled=False):
            return TRAININGS * squared_error(models, apart(tuple(paced(TRAININGS * rows, LENGTH, draws, flag))))

    return loss


@torch.inference_mode()
def error(model: nn.Module, data: Paced) -> float:
    """Mean squared error of the estimate."""
    return squared_error(model, tuple(data)).item()


def measured(models: Mapping[str, list[nn.Module]]) -> dict[str, float]:
    """The mean squared error of the five trainings of each kind on held-out sequences."""
    return {
        f"{kind}_squared_error": sum(
            error(model, paced(HELD_OUT, LENGTH, generator(UNSEEN), FLAGS.get(kind, "true"))) for model in trainings
        )
        / TRAININGS
        for kind, trainings in models.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, (PLAN.steps,))
    batch = options.batch or BATCH
    kinds = {
        name: Kind(build, losses(batch, FLAGS.get(name, "true")), started) for name, build in BUILD.items()
    }  # fmt: skip
    made = all_trained(kinds, plan, snapshots or (plan.steps,))
    told = {
        "data": f"a quantity of two paces, {LENGTH} noisy measurements at uneven times, fresh at every step",
        "architecture": {"cells": CELLS, "steps of the solver": UNFOLDS, "width of the GRU": GRU_WIDTH},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=32)
def pretrained(kind: str, training: int, device: str = "cpu") -> Any:
    """One training of one kind; share it."""
    return restored(NAME, kind, BUILD[kind], training).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(BUILD, pretrained)))}


if __name__ == "__main__":
    main()
