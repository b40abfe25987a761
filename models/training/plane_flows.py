"""Fields that carry two rings of points apart: ``python -m models.training.plane_flows``.

Five trainings of each kind lie in one checkpoint. A kind is the solver that it was trained with and what was added to
the plane; the numbers of weights are as equal as whole widths allow.
"""

from collections.abc import Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.continuous.neural_ode import NeuralODE
from models.data.plane_classes import LabelledPoints, plane_classes
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "plane_flows"
NOISE, BATCH, HELD_OUT = 0.15, 128, 1000
SNAPSHOTS = (0, 500)
PLAN = plan_of(SNAPSHOTS[-1], learning_rate=2e-2)
RK4, EULER = "Runge–Kutta 4", "Euler"
PLANE, AUGMENTED, TWICE = 32, 22, 17
"""Hidden units of a field in the plane and of ones with one or two added dimensions: 168, 165 and 165 weights."""

KINDS = {
    "fine": partial(NeuralODE, PLANE, method=RK4, steps=8),
    "finer": partial(NeuralODE, PLANE, method=RK4, steps=32),
    "one_step": partial(NeuralODE, PLANE, method=EULER, steps=1),
    "two_steps": partial(NeuralODE, PLANE, method=EULER, steps=2),
    "added": partial(NeuralODE, AUGMENTED, added=1, method=RK4, steps=8),
    "held": partial(NeuralODE, AUGMENTED, added=1, held=1, method=RK4, steps=8),
    "spare": partial(NeuralODE, TWICE, added=2, held=1, method=RK4, steps=8),
}
"""``held``: the added dimension is there and does not move; ``spare``: it moves, and a second one does not."""


def rings(count: int, draws: torch.Generator) -> LabelledPoints:
    return plane_classes("circles", count, NOISE, draws)


def loss(models: SideBySide, draws: torch.Generator, rows: int = BATCH) -> Tensor:
    """The sum of the trainings' losses, each on points of its own."""
    x, labels = apart(rings(TRAININGS * rows, draws))
    with torch.autocast("cpu", enabled=False):  # half precision bends paths
        return TRAININGS * cross_entropy(models(x).flatten(0, 1), labels.flatten())


@torch.inference_mode()
def held_out_loss(model: NeuralODE, given: LabelledPoints) -> float:
    """Nats per point."""
    return cross_entropy(model(given.points)[0], given.labels).item()


def measured(models: Mapping[str, list[NeuralODE]]) -> dict[str, float]:
    """The mean loss of the five trainings of each kind on held-out points."""
    given = rings(HELD_OUT, generator(UNSEEN))
    return {
        f"{kind}_loss_nats": sum(held_out_loss(model, given) for model in trainings) / TRAININGS
        for kind, trainings in models.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, SNAPSHOTS)
    batch = options.batch or BATCH
    kinds = {name: Kind(build, lambda models, draws: loss(models, draws, batch)) for name, build in KINDS.items()}
    made = all_trained(kinds, plan, snapshots)
    told = {
        "data": f"two rings of points with noise {NOISE}, {BATCH} fresh ones at every step",
        "architecture": {"plane": PLANE, "augmented": AUGMENTED, "augmented twice": TWICE},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=64)
def pretrained(kind: str, training: int, snapshot: int = -1, device: str = "cpu") -> NeuralODE:
    """The field of one training at one snapshot; share it."""
    return restored(NAME, kind, KINDS[kind], training, snapshot).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(KINDS, pretrained)))}


if __name__ == "__main__":
    main()
