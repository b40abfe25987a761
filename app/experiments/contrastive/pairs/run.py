"""A network learns from pairs of digits which belong together; digits 7 to 9 are never trained."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.digit_classes import PIXELS, TRAINED, another_of_its_class, digit_classes, pixel_areas
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.live_training import Progress, training
from models.contrastive.pair_losses import contrastive_loss, pull_loss, smooth_loss, squared_distance_loss
from models.contrastive.siamese import SiameseNetwork, TwoEncoders
from models.contrastive.verification import Pairs, all_pairs, area_under_curve, neighbour_accuracy
from models.parameter_count import parameter_count
from models.seeding import generator

BATCH, HIDDEN, RATE, SNAPSHOTS = 128, 64, 0.003, 10
LOSSES = {
    "contrastive": contrastive_loss,
    "hinge on the squared distance": squared_distance_loss,
    "smooth hinge": smooth_loss,
    "pull only": pull_loss,
}


class PairsControls(Controls):
    left: Drawing = Field("example 0", title="Left digit")
    right: Drawing = Field("example 5", title="Right digit")
    encoders: Literal["one", "one, twice as wide", "two"] = Field(
        "one", title="Encoders", description="Two: each side has weights of its own"
    )
    trained: Literal["0 to 6", "all"] = Field("0 to 6", title="Trained digits")
    loss: Literal["contrastive", "hinge on the squared distance", "smooth hinge", "pull only"] = Field(
        "contrastive", title="Loss"
    )
    margin: float = Field(1.0, ge=0.25, le=4, multiple_of=0.25, title="Margin")
    dimensions: Literal[2, 16] = Field(16, title="Dimensions of the embedding")
    steps: int = Field(400, ge=100, le=1600, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    left: Tensor  # (Q, D) held-out digits, read by the left encoder
    right: Tensor  # (Q, D) by the right one
    area: float  # under the curve of digits 0 to 6
    unseen_area: float  # of digits 7 to 9
    accuracy: float  # of the nearest training example, digits 0 to 6
    pushing: float  # share of pairs of two classes within the margin, digits 0 to 6


class PairsResult(NamedTuple):
    controls: PairsControls
    progress: Progress[Snapshot]
    y: Tensor  # (Q,) classes of the held-out digits
    losses: Tensor  # (steps so far,)
    pair: float  # distance of the two digits of the controls
    swapped: float  # the same with left and right exchanged
    parameters: int


def pairs_of(snapshot: Snapshot, y: Tensor, unseen: bool) -> Pairs:
    """All pairs of held-out digits 0 to 6, or of 7 to 9."""
    own = (y >= TRAINED) == unseen
    return all_pairs(snapshot.left[own], snapshot.right[own], y[own])


def model_of(controls: PairsControls) -> SiameseNetwork:
    kind = TwoEncoders if controls.encoders == "two" else SiameseNetwork
    hidden = 2 * HIDDEN if controls.encoders == "one, twice as wide" else HIDDEN
    return kind(PIXELS, hidden, controls.dimensions, controls.seed)


def run(controls: PairsControls, device: str) -> Iterator[PairsResult]:
    """On the CPU whatever the device: a batch of 128 small images keeps no other one busy."""
    c, data = controls, digit_classes(TRAINED - 1 if controls.trained == "0 to 6" else 9)
    model, draws, loss_of = model_of(c), generator(c.seed + 2), LOSSES[c.loss]
    optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)
    losses: list[Tensor] = []
    known, seen = data.y < TRAINED, data.held_out_y < TRAINED

    def step() -> None:
        one, other = (torch.randint(len(data.x), (BATCH,), generator=draws) for _ in range(2))
        half = BATCH // 2  # of one class for certain
        other[:half] = another_of_its_class(data, one[:half], draws)
        distances, _ = model(data.x[one], data.x[other])
        loss = loss_of(distances, (data.y[one] == data.y[other]).float(), c.margin).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())

    @torch.no_grad()
    def evaluate() -> Snapshot:
        left, right = model.left(data.held_out)[0], model.right(data.held_out)[0]
        (near, same), (far, alike) = (all_pairs(left[own], right[own], data.held_out_y[own]) for own in (seen, ~seen))
        return Snapshot(
            left, right, area_under_curve(near, same), area_under_curve(far, alike),
            neighbour_accuracy(model.right(data.x[known])[0], data.y[known], left[seen], data.held_out_y[seen]),
            (near[~same] < c.margin).float().mean().item(),
        )  # fmt: skip

    images = [2 * read_drawing(text).flatten()[None] - 1 for text in (c.left, c.right)]
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            pair, swapped = (model(*order)[0].item() for order in (images, images[::-1]))
        yield PairsResult(c, progress, data.held_out_y, torch.stack(losses), pair, swapped, parameter_count(model))


def measure(result: PairsResult) -> Measurements:
    newest, (pixels, unseen_pixels) = result.progress.newest, pixel_areas()
    same = pairs_of(newest, result.y, unseen=False)
    near, far = same.distances[same.same].mean().item(), same.distances[~same.same].mean().item()
    means = {
        10 * one + other: (newest.left[result.y == one].mean(0) - newest.right[result.y == other].mean(0)).norm().item()
        for one, other in ((7, 8), (7, 9), (8, 9))
    }
    return {
        "area": newest.area,
        "unseen_area": newest.unseen_area,
        "pixel_area": pixels,
        "unseen_pixel_area": unseen_pixels,
        "gain_over_pixels": newest.area - pixels,
        "unseen_gain_over_pixels": newest.unseen_area - unseen_pixels,
        "neighbour_accuracy_percent": 100 * newest.accuracy,
        "pushing_percent": 100 * newest.pushing,
        "same_distance": near,
        "different_distance": far,
        "pair_distance": result.pair,
        "change_by_swapping": abs(result.pair - result.swapped),
        "loss": result.losses[-20:].mean().item(),
        "closest_unseen_pair": min(means, key=means.__getitem__),
    }
