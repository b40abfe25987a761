"""What the recipes of recurrent cells share: several trainings at once, each kept at points of its way.

A checkpoint holds a weight as (N, S, …): N trainings, S snapshots; its name begins with that of a variant.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

from models.checkpoints import load_state
from models.seeding import seeded, unfilled
from models.training.loop import Plan, train
from models.training.side_by_side import SideBySide

TRAININGS = 5

M = TypeVar("M", bound=nn.Module)


def plan_of(steps: int, learning_rate: float = 1e-2) -> Plan:
    """A plan for trainings side by side, of which the loss and the largest gradient are sums."""
    return Plan(steps, learning_rate, warm_up=20, weight_decay=0.0, clip=1.0 * TRAININGS)


def apart(drawn: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Rows for all trainings (N · B, …) as rows of each (N, B, …)."""
    return tuple(part.unflatten(0, (TRAININGS, -1)) for part in drawn)


def trained(
    build: Callable[[], M],
    loss: Callable[[SideBySide, torch.Generator], Tensor],
    plan: Plan,
    snapshots: Sequence[int],
    started: Callable[[M], object] = lambda model: None,
) -> tuple[dict[str, Tensor], float]:
    """The weights after each number of steps in ``snapshots``, (N, S, …), and the seconds; 0 is before training.

    ``loss`` is the sum over the trainings; ``started`` changes the weights that each begins with.
    """
    models = [seeded(build, seed) for seed in range(TRAININGS)]
    for model in models:
        started(model)
    together = SideBySide(models)
    kept: list[list[Tensor]] = []

    def keep(step: int) -> None:
        if step in snapshots:
            kept.append([weight.detach().half() for weight in together.stacked])

    keep(0)  # before training, if that is asked for
    seconds = train(together, lambda draws: loss(together, draws), plan, keep)
    return {name: torch.stack(list(weights), dim=1) for name, weights in zip(together.names, zip(*kept))}, seconds


def tried(plan: Plan, steps: int | None, snapshots: Sequence[int]) -> tuple[Plan, list[int]]:
    """The plan and its snapshots, cut to fewer ``steps`` if a recipe is only tried out."""
    plan = dataclasses.replace(plan, steps=steps or plan.steps)
    return plan, [step for step in snapshots if step <= plan.steps]


def one_of(weights: Mapping[str, Tensor], build: Callable[[], M], training: int, snapshot: int = -1) -> M:
    """A frozen model with the weights of one training at one snapshot."""
    with torch.inference_mode(False):
        with unfilled():
            model = build()
        model.load_state_dict({name: w[training, snapshot].float() for name, w in weights.items()}, assign=True)
        return model.eval().requires_grad_(False)


def restored(checkpoint: str, variant: str, build: Callable[[], M], training: int, snapshot: int = -1) -> M:
    """The same, of a ``variant`` that lies in a checkpoint."""
    own = f"{variant}."
    weights = {name.removeprefix(own): w for name, w in load_state(checkpoint).items() if name.startswith(own)}
    return one_of(weights, build, training, snapshot)
