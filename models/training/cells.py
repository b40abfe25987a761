"""What the recipes of recurrent cells share: several trainings at once, each kept at points of its way.

A checkpoint holds a weight as (N, S, …): N trainings, S snapshots; its name begins with that of a variant.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

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


class Kind(NamedTuple):
    """One kind of cell in a checkpoint; ``trained_as`` builds it for training, if another form of it learns faster."""

    build: Callable[[], nn.Module]
    loss: Callable[[SideBySide, torch.Generator], Tensor]
    started: Callable[[Any], object] = lambda model: None
    trained_as: Callable[[], nn.Module] | None = None
    snapshots: Sequence[int] | None = None  # if not those of the checkpoint


class Trained(NamedTuple):
    """All trainings of all kinds."""

    state: dict[str, Tensor]  # what the checkpoint holds
    models: dict[str, list[Any]]  # kind → a frozen model for each training, at its end
    told: dict[str, Any]  # for the card

    def one_of_each(self) -> nn.ModuleList:
        return nn.ModuleList(trainings[0] for trainings in self.models.values())


def all_trained(kinds: Mapping[str, Kind], plan: Plan, snapshots: Sequence[int]) -> Trained:
    """Train every kind."""
    state: dict[str, Tensor] = {}
    models: dict[str, list[Any]] = {}
    seconds = 0.0
    for name, kind in kinds.items():
        kept = snapshots if kind.snapshots is None else kind.snapshots
        weights, took = trained(kind.trained_as or kind.build, kind.loss, plan, kept, kind.started)
        seconds += took
        print(name, flush=True)
        state |= {f"{name}.{key}": weight for key, weight in weights.items()}
        models[name] = [one_of(weights, kind.build, training) for training in range(TRAININGS)]
    return Trained(state, models, {"trainings": TRAININGS, "snapshots": list(snapshots), "seconds": round(seconds, 1)})


def shipped(kinds: Iterable[str], pretrained: Callable[[str, int], M]) -> dict[str, list[M]]:
    """Kind → the models of all its trainings, as they are loaded."""
    return {kind: [pretrained(kind, training) for training in range(TRAININGS)] for kind in kinds}


def tried(plan: Plan, steps: int | None, snapshots: Sequence[int]) -> tuple[Plan, list[int]]:
    """The plan and its snapshots, cut to fewer ``steps`` if a recipe is only tried out."""
    plan = dataclasses.replace(plan, steps=steps or plan.steps)
    return plan, [step for step in snapshots if step <= plan.steps]


def one_of(weights: Mapping[str, Tensor], build: Callable[[], M], training: int, snapshot: int = -1) -> M:
    """A frozen model with the weights that lie at (training, snapshot), or at (kind, training)."""
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
