"""A trained field carries two rings of points apart, and other solvers than the one it was trained with follow it."""

import math
from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.energy.flows.readings import DRAWN, Readings, loss_of, points_of, readings_of
from models.continuous.neural_ode import NeuralODE, augmented
from models.continuous.solvers import Path, adaptive, fixed
from models.parameter_count import parameter_count
from models.training.cells import TRAININGS
from models.training.plane_flows import pretrained

GRID = 9
REACH = 2.2

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
