"""How trained fields are read: by which solver, at what accuracy, after how many evaluations."""

from typing import NamedTuple

import torch

from app.experiments.memo import memo
from models.continuous.neural_ode import augmented, folds
from models.continuous.solvers import Method, adaptive, fixed
from models.data.plane_classes import LabelledPoints
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.plane_flows import held_out_loss, pretrained, rings

POINTS, JUDGED, DRAWN = 500, 1500, 44
METHODS: tuple[Method, Method] = ("Euler", "Runge–Kutta 4")
SOLVER_STEPS = (1, 2, 4, 8, 16, 32, 64)


class Readings(NamedTuple):
    """Shares of the held-out points named rightly."""

    euler: list[float]  # at each of SOLVER_STEPS
    runge_kutta: list[float]
    as_trained: float
    adaptive: float
    evaluations: int  # of the field, by the adaptive solver
    evaluations_untrained: int
    folded: float  # largest share of points at which a step of the training's solver turns the plane over


def points_of(seed: int) -> LabelledPoints:
    return rings(POINTS, generator(seed + 1))


@memo
@torch.inference_mode()
def readings_of(kind: str, tolerance: int, seed: int) -> Readings:
    training = seed % TRAININGS
    model, given = pretrained(kind, training), points_of(seed)
    z = augmented(given.points, model.added)
    right = lambda path: (model.read(path)[0].argmax(-1) == given.labels).float().mean().item()
    euler, runge_kutta = (
        [right(fixed(model.field, z, method, steps)) for steps in SOLVER_STEPS] for method in ("Euler", "Runge–Kutta 4")
    )
    own = fixed(model.field, z, model.method, model.steps)
    found = adaptive(model.field, z, 10.0**-tolerance)
    untrained = adaptive(pretrained(kind, training, 0).field, z, 10.0**-tolerance)
    first, second = model.field.first, model.field.second
    moving = (torch.arange(len(second.weight)) < model.field.moving)[:, None]
    turned = [
        (folds(state, 1 / model.steps, first.weight, first.bias, second.weight * moving) < 0).float().mean().item()
        for state in own.states[:-1]
    ]
    return Readings(
        euler, runge_kutta, right(own), right(found), found.evaluations, untrained.evaluations, max(turned)
    )  # fmt: skip


@memo
def loss_of(kind: str, seed: int) -> float:
    """Nats per point, the mean of the five trainings on held-out points."""
    given = rings(JUDGED, generator(seed + 2))
    return sum(held_out_loss(pretrained(kind, training), given) for training in range(TRAININGS)) / TRAININGS
