"""A network predicts the vector of a digit's hidden half from the half that it sees, while the vectors are learned."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.live_training import Progress, training
from models.contrastive.joint_embedding import (
    GradientThroughTarget,
    JointEmbedding,
    PixelTarget,
    WithoutPredictor,
    energy,
    explained,
    half,
)
from models.convolution.bottleneck import effective_rank
from models.data.digits import digits
from models.parameter_count import parameter_count
from models.seeding import generator

PIXELS, HIDDEN, DIMENSIONS, BATCH, RATE, SNAPSHOTS = 64, 64, 16, 128, 0.003, 10
SHOWN = 5
"""Halves that are drawn in each row."""

METHODS = {
    "guarded": JointEmbedding,
    "gradient through the target": GradientThroughTarget,
    "no predictor": WithoutPredictor,
    "pixels as target": PixelTarget,
}
SIDES = {"upper": 0, "lower": 1}


class HalvesControls(Controls):
    drawing: Drawing = Field("example 4", title="Digit")
    seen: Literal["upper", "lower"] = Field("upper", title="Visible half")
    method: Literal["guarded", "gradient through the target", "no predictor", "pixels as target"] = Field(
        "guarded", title="Method"
    )
    momentum: float = Field(
        0.99, ge=0, le=0.999, title="Momentum", description="0: the target encoder is the context encoder"
    )
    steps: int = Field(400, ge=100, le=1600, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    predicted: Tensor  # (Q, D) of the hidden half of each held-out digit
    target: Tensor  # (Q, D)
    own: Tensor  # (Q,) energy with the digit's own half
    other: Tensor  # (Q,) with another digit's


class HalvesResult(NamedTuple):
    controls: HalvesControls
    progress: Progress[Snapshot]
    losses: Tensor  # (steps so far,)
    energies: Tensor  # (Q,) of your visible half with the hidden half of each held-out digit
    visible: Tensor  # (4, 8) your visible half, from −1 to 1
    hidden: Tensor  # (Q, 4, 8) the halves that it is tried with
    y: Tensor  # (Q,) classes of the held-out digits
    parameters: int


def another(count: int) -> Tensor:
    """For each held-out digit the place of another one, the same in every run.  (Q,)"""
    return (torch.arange(count) + 37) % count


def run(controls: HalvesControls, device: str) -> Iterator[HalvesResult]:
    """On the CPU whatever the device: a batch of 128 halves keeps no other one busy."""
    c, (given, held_out) = controls, digits()
    x, q = given.images.flatten(1), held_out.images.flatten(1)
    model, draws = METHODS[c.method](PIXELS, HIDDEN, DIMENSIONS, c.seed), generator(c.seed + 1)
    optimizer = torch.optim.Adam([one for one in model.parameters() if one.requires_grad], RATE, fused=True)
    seen = torch.full((len(q),), SIDES[c.seen])
    yours = (2 * read_drawing(c.drawing) - 1).flatten()[None]
    losses: list[Tensor] = []

    def step() -> None:
        images, side = x[torch.randint(len(x), (BATCH,), generator=draws)], torch.randint(2, (BATCH,), generator=draws)
        loss = model(half(images, side), half(images, 1 - side), 1 - side)[0].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.follow(c.momentum)
        losses.append(loss.detach())

    @torch.no_grad()
    def evaluate() -> Snapshot:
        own, trace = model(half(q, seen), half(q, 1 - seen), 1 - seen)
        return Snapshot(trace.predicted, trace.target, own, energy(trace.predicted, trace.target[another(len(q))]))

    rows = q.unflatten(1, (2, 4, 8))
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            predicted = model(half(yours, seen[:1]), half(yours, 1 - seen[:1]), 1 - seen[:1])[1].predicted
        yield HalvesResult(
            c, progress, torch.stack(losses), energy(predicted, progress.newest.target),
            yours.view(2, 4, 8)[SIDES[c.seen]], rows[:, 1 - SIDES[c.seen]], held_out.labels, parameter_count(model),
        )  # fmt: skip


def matched(snapshot: Snapshot) -> float:
    """Share of held-out digits whose own half has a lower energy than another digit's."""
    return (snapshot.own < snapshot.other).float().mean().item()


def spread(snapshot: Snapshot) -> float:
    """Standard deviation of the target vectors over held-out digits, mean of the dimensions."""
    return snapshot.target.std(0).mean().item()


def measure(result: HalvesResult) -> Measurements:
    newest, first = result.progress.newest, result.progress.snapshots[0]
    nearest = (newest.predicted[:, None] - newest.target).square().sum(-1).argmin(1)
    rank = lambda vectors: effective_rank(vectors - vectors.mean(0)).item()
    return {
        "matched_percent": 100 * matched(newest),
        "same_class_percent": 100 * (result.y[nearest] == result.y).float().mean().item(),
        "explained_percent": 100 * explained(newest.predicted, newest.target).item(),
        "spread": spread(newest),
        "spread_at_start": spread(first),
        "spread_kept_percent": 100 * spread(newest) / spread(first),
        "effective_rank": rank(newest.target),
        "effective_rank_at_start": rank(first.target),
        "loss": result.losses[-20:].mean().item(),
        "own_energy": newest.own.mean().item(),
        "other_energy": newest.other.mean().item(),
    }
