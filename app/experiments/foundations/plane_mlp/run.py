"""A small multilayer perceptron that learns two classes of points while the reader watches."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.points import Points, read_points
from models.data.plane_classes import LabelledPoints, plane_classes
from models.layers.multilayer_perceptron import (
    MLP,
    MLPTrace,
    distinct_maps,
    equalise,
    gradient_check,
    l2_penalty,
    mean_cross_entropy,
)
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

TRAINING_POINTS, HELD_OUT_POINTS = 200, 500
CHECKED_POINTS = 50
"""Of the gradient check, which evaluates the loss twice per parameter."""

SNAPSHOTS = 10
FROZEN = {
    "nothing": (), "hidden layers": (0, 1), "hidden layer 1": (0,), "hidden layer 2": (1,), "output layer": (2,),
}  # fmt: skip


class PlaneMLPControls(Controls):
    shape: Literal["circles", "moons", "spiral"] = Field("spiral", title="Points")
    activation: Literal["tanh", "relu", "sigmoid", "none"] = Field("tanh", title="Activation")
    learning_rate: float = Field(0.01, ge=0.0003, le=1, title="Learning rate", json_schema_extra={"log": True})
    noise: float = Field(0.1, ge=0, le=0.6, multiple_of=0.02, title="Noise", description="Standard deviation")
    l2: float = Field(0.0, ge=0, le=0.1, multiple_of=0.002, title="L2 strength λ", description="Pulls weights to 0")
    added: Points = Field("", title="Added points", description="They join the training points")
    units: Literal[2, 4, 8, 16] = Field(16, title="Units per hidden layer", json_schema_extra=MORE)
    steps: int = Field(600, ge=100, le=2400, multiple_of=100, title="Training steps", json_schema_extra=MORE)
    frozen: Literal["nothing", "hidden layers", "hidden layer 1", "hidden layer 2", "output layer"] = Field(
        "nothing", title="Frozen at its start", json_schema_extra=MORE
    )
    start: Literal["random", "equal size, random signs", "all equal"] = Field(
        "random", title="Weights at the start", json_schema_extra=MORE
    )
    labels: Literal["true", "swapped", "shuffled"] = Field("true", title="Labels", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """The parameters at one step; matrices and vectors of each layer, first layer first."""

    weights: list[Tensor]
    biases: list[Tensor]
    training: Tensor  # () loss of the training points, nats per point
    held_out: Tensor  # ()


class PlaneMLPResult(NamedTuple):
    controls: PlaneMLPControls
    points: Tensor  # (P, 2) to learn from, the added ones last
    labels: Tensor  # (P,) as they were trained on
    progress: Progress[Snapshot]
    training_losses: Tensor  # (steps so far,) without the L2 penalty
    logits: Tensor  # (P, 2) of the training points now
    held_out_logits: Tensor  # (Q, 2)
    held_out_labels: Tensor  # (Q,)
    trace: MLPTrace  # of the held-out points
    gradient_check: float  # at the start weights; not a number before the training is over
    parameters: int


def points_of(controls: PlaneMLPControls) -> tuple[LabelledPoints, LabelledPoints]:
    """Points to learn from, labelled as the control says, and held-out ones, whose labels are never shuffled."""
    draws = generator(controls.seed)
    given = plane_classes(controls.shape, TRAINING_POINTS, controls.noise, draws)
    held_out = plane_classes(controls.shape, HELD_OUT_POINTS, controls.noise, draws)
    added = read_points(controls.added)
    points = torch.cat([given.points, added.points])  # (P, 2)
    labels = torch.cat([given.labels, added.labels])  # (P,)
    if controls.labels == "swapped":
        return LabelledPoints(points, 1 - labels), LabelledPoints(held_out.points, 1 - held_out.labels)
    if controls.labels == "shuffled":
        labels = labels[torch.randperm(len(labels), generator=draws)]
    return LabelledPoints(points, labels), held_out


def start_of(controls: PlaneMLPControls) -> MLP:
    """The network before training."""
    model = seeded(lambda: MLP([2, controls.units, controls.units, 2], controls.activation), controls.seed)
    if controls.start != "random":
        equalise(model, signs=controls.start != "all equal")
    for place in FROZEN[controls.frozen]:
        model.weights[place].requires_grad_(False)
        model.biases[place].requires_grad_(False)
    return model


def run(controls: PlaneMLPControls, device: str) -> Iterator[PlaneMLPResult]:
    """On the CPU whatever the device: 354 parameters and 200 points keep no other one busy."""
    (points, labels), (held_out, held_out_labels) = points_of(controls)
    model = start_of(controls)
    optimizer = torch.optim.Adam([one for one in model.parameters() if one.requires_grad], controls.learning_rate)
    losses: list[Tensor] = []

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss = mean_cross_entropy(model(points)[0], labels)
        losses.append(loss.detach())
        penalised = loss + l2_penalty(list(model.weights), controls.l2) if controls.l2 else loss
        penalised.backward()
        optimizer.step()

    @torch.no_grad()
    def evaluate() -> Snapshot:
        return Snapshot(
            [weight.detach().clone() for weight in model.weights],
            [bias.detach().clone() for bias in model.biases],
            mean_cross_entropy(model(points)[0], labels),
            mean_cross_entropy(model(held_out)[0], held_out_labels),
        )

    for progress in training(step, evaluate, controls.steps, SNAPSHOTS):
        with torch.no_grad():
            logits, _ = model(points)
            held_out_logits, trace = model(held_out)
        checked = float("nan")
        if progress.done:
            checked = gradient_check(start_of(controls), points[:CHECKED_POINTS], labels[:CHECKED_POINTS])
        yield PlaneMLPResult(
            controls, points, labels, progress, torch.stack(losses), logits, held_out_logits, held_out_labels, trace,
            checked, parameter_count(model),
        )  # fmt: skip


def measure(result: PlaneMLPResult) -> Measurements:
    newest = result.progress.newest
    distinct = [distinct_maps(h) for h in result.trace.hidden]
    right = 100 * (result.logits.argmax(-1) == result.labels).float().mean().item()
    held_out = 100 * (result.held_out_logits.argmax(-1) == result.held_out_labels).float().mean().item()
    return {
        "held_out_accuracy_percent": held_out,
        "training_accuracy_percent": right,
        "accuracy_gap_percent": right - held_out,
        "held_out_loss_nats": mean_cross_entropy(result.held_out_logits, result.held_out_labels).item(),
        "training_loss_nats": mean_cross_entropy(result.logits, result.labels).item(),
        "lowest_held_out_loss_nats": min(one.held_out.item() for one in result.progress.snapshots),
        "distinct_units_in_layer_1": distinct[0],
        "distinct_units_in_layer_2": distinct[1],
        "different_in_layer_1_percent": 100 * distinct[0] / result.controls.units,
        "largest_weight": max(weight.abs().max().item() for weight in newest.weights),
        "gradient_check_difference": result.gradient_check,
    }
