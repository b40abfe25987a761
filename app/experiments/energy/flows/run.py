"""A trained field carries two rings of points apart, and other solvers than the one it was trained with follow it."""

import math
from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.continuous.neural_ode import NeuralODE, augmented, folds
from models.continuous.solvers import Method, Path, adaptive, fixed
from models.data.plane_classes import LabelledPoints
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.plane_flows import held_out_loss, pretrained, rings

POINTS, JUDGED, DRAWN = 500, 1500, 44
GRID = 9
REACH = 2.2
METHODS: tuple[Method, Method] = ("Euler", "Runge–Kutta 4")
SOLVER_STEPS = (1, 2, 4, 8, 16, 32, 64)

Trained = Literal[
    "plane, Runge–Kutta, 8 steps",
    "plane, Runge–Kutta, 32 steps",
    "plane, Euler, 1 step",
    "plane, Euler, 2 steps",
    "plane + 1 dimension, Runge–Kutta, 8 steps",
    "plane + 1 held dimension, Runge–Kutta, 8 steps",
    "plane + 1 dimension + 1 held, Runge–Kutta, 8 steps",
]
KINDS: dict[Trained, str] = dict(
    zip(get_args(Trained), ("fine", "finer", "one_step", "two_steps", "added", "held", "spare"), strict=True)
)
Read = Literal["as trained", "adaptive", "Euler, 64 steps"]


class FlowControls(Controls):
    trained: Trained = Field("plane, Runge–Kutta, 8 steps", title="Trained", description="Space and solver in training")
    read: Read = Field("as trained", title="Solver of the paths drawn")
    tolerance: int = Field(3, ge=1, le=6, title="Tolerance of the adaptive solver", description="n: 10 to the power −n")


class Readings(NamedTuple):
    """Shares of the held-out points named rightly."""

    euler: list[float]  # at each of SOLVER_STEPS
    runge_kutta: list[float]
    as_trained: float
    adaptive: float
    evaluations: int  # of the field, by the adaptive solver
    evaluations_untrained: int
    folded: float  # largest share of points at which a step of the training's solver turns the plane over


class FlowResult(NamedTuple):
    controls: FlowControls
    model: NeuralODE
    path: Path  # of the drawn points
    labels: Tensor  # (DRAWN,)
    places: Tensor  # (GRID², 2)
    arrows: Tensor  # (GRID², 2)
    readings: Readings
    losses: dict[str, float]  # nats per held-out point, by kind; mean of the five trainings
    parameters: int


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


@torch.inference_mode()
def run(controls: FlowControls, device: str) -> FlowResult:
    """On the CPU whatever the device: 168 weights keep no other one busy."""
    c, kind = controls, KINDS[controls.trained]
    model, given = pretrained(kind, c.seed % TRAININGS), points_of(c.seed)
    z = augmented(given.points[:DRAWN], model.added)
    if c.read == "adaptive":
        path = adaptive(model.field, z, 10.0**-c.tolerance)
    elif c.read == "as trained":
        path = fixed(model.field, z, model.method, model.steps)
    else:
        path = fixed(model.field, z, "Euler", 64)
    places = torch.cartesian_prod(*[torch.linspace(-REACH, REACH, GRID)] * 2)  # (GRID², 2)
    at = augmented(places, model.added)
    if model.added:  # seen from the side: the second axis of the picture is the added dimension
        at[:, [1, 2]] = at[:, [2, 1]]
    arrows = model.field(at)
    other = kind if model.added else "added"
    return FlowResult(
        c, model, path, given.labels[:DRAWN], places, arrows[:, sides(model)], readings_of(kind, c.tolerance, c.seed),
        {name: loss_of(name, c.seed) for name in ("fine", other, kind)}, parameter_count(model),
    )  # fmt: skip


def sides(model: NeuralODE) -> list[int]:
    """The two dimensions that are drawn."""
    return [0, 2] if model.added else [0, 1]


def measure(result: FlowResult) -> Measurements:
    kind, read = KINDS[result.controls.trained], result.readings
    added = result.model.added
    other = kind if added else "added"
    return {
        "accuracy_as_trained_percent": 100 * read.as_trained,
        "accuracy_adaptive_percent": 100 * read.adaptive,
        "accuracy_change_points": 100 * abs(read.as_trained - read.adaptive),
        "evaluations": read.evaluations,
        "evaluations_untrained": read.evaluations_untrained,
        "evaluations_growth": read.evaluations / read.evaluations_untrained,
        "folded_percent": 100 * read.folded,
        "loss_nats": result.losses[kind],
        "plane_loss_nats": result.losses["fine"],
        "three_dimensions_loss_nats": result.losses[other],
        "loss_ratio": result.losses[other] / result.losses["fine"],
        "farthest_along_the_added_dimension": result.path.states[..., 2].abs().max().item() if added else math.nan,
    }
