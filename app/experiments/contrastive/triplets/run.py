"""A network learns from triplets: an anchor, an example of its class and one of another."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.digit_classes import PIXELS, TRAINED, another_of_its_class, digit_classes
from app.experiments.live_training import Progress, training
from models.contrastive.pair_losses import (
    distance,
    easy,
    hard,
    hardest_negatives,
    mean_over_active,
    mean_over_all,
    random_negatives,
    semi_hard_negatives,
    triplet_loss,
)
from models.contrastive.siamese import Encoder
from models.contrastive.verification import neighbour_accuracy
from models.parameter_count import parameter_count
from models.seeding import generator

BATCH, HIDDEN, RATE, SNAPSHOTS = 64, 64, 0.003, 10
ASKED = 4000
"""Random triplets of held-out digits that are told apart into easy, semi-hard and hard ones."""

NEGATIVES = {"random": random_negatives, "semi-hard": semi_hard_negatives, "hardest": hardest_negatives}
MEANS = {
    "all triplets": mean_over_all,
    "active triplets": mean_over_active,
}


class TripletsControls(Controls):
    negatives: Literal["random", "semi-hard", "hardest"] = Field(
        "random", title="Negatives", description="Chosen within the batch"
    )
    positives: Literal["of its class", "any image"] = Field("of its class", title="Positives")
    mean: Literal["all triplets", "active triplets"] = Field("all triplets", title="Loss is the mean over")
    margin: float = Field(1.0, ge=0.25, le=4, multiple_of=0.25, title="Margin")
    dimensions: Literal[2, 16] = Field(16, title="Dimensions of the embedding")
    rate: float = Field(RATE, ge=0.0003, le=0.1, title="Learning rate", json_schema_extra={"log": True})
    steps: int = Field(400, ge=100, le=1600, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    z: Tensor  # (Q, D) held-out digits
    positive: Tensor  # (T,) distance of anchor and positive, random triplets of held-out digits 0 to 6
    negative: Tensor  # (T,) of anchor and negative
    accuracy: float  # of the nearest training example


class TripletsResult(NamedTuple):
    controls: TripletsControls
    progress: Progress[Snapshot]
    y: Tensor  # (Q,)
    idle: Tensor  # (steps so far,) share of the batch's triplets with a loss of 0
    losses: Tensor  # (steps so far,)
    parameters: int


def triplets_of(y: Tensor, seed: int) -> Tensor:
    """Anchor, positive and negative, at random among held-out digits 0 to 6.  (3, T)"""
    draws = generator(seed)
    known = (y < TRAINED).nonzero()[:, 0]
    a, p, n = known[torch.randint(len(known), (3, 12 * ASKED), generator=draws)]
    fits = ((y[a] == y[p]) & (a != p) & (y[a] != y[n])).nonzero()[:ASKED, 0]
    return torch.stack([a, p, n])[:, fits]


def run(controls: TripletsControls, device: str) -> Iterator[TripletsResult]:
    """On the CPU whatever the device: a batch of 64 small images keeps no other one busy."""
    c, data = controls, digit_classes(TRAINED - 1)
    draws, choose, mean = generator(c.seed + 2), NEGATIVES[c.negatives], MEANS[c.mean]
    model = Encoder(PIXELS, HIDDEN, c.dimensions, generator(c.seed))
    optimizer = torch.optim.Adam(model.parameters(), c.rate, fused=True)
    asked, seen = triplets_of(data.held_out_y, c.seed), data.held_out_y < TRAINED
    idle: list[Tensor] = []
    losses: list[Tensor] = []

    def step() -> None:
        anchors = torch.randint(len(data.x), (BATCH,), generator=draws)
        others = another_of_its_class(data, anchors, draws)
        if c.positives == "any image":
            others = torch.randint(len(data.x), (BATCH,), generator=draws)
        y = data.y[anchors]
        z, partner = model(data.x[anchors])[0], model(data.x[others])[0]
        positive = distance(z, partner)
        with torch.no_grad():
            between = torch.cdist(z, z)
            chosen = choose(between, y[:, None] == y, positive, draws)
        each = triplet_loss(positive, distance(z, z[chosen]), c.margin)
        loss = mean(each)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        idle.append((each.detach() == 0).float().mean())
        losses.append(loss.detach())

    @torch.no_grad()
    def evaluate() -> Snapshot:
        z = model(data.held_out)[0]
        a, p, n = z[asked]
        return Snapshot(
            z, distance(a, p), distance(a, n),
            neighbour_accuracy(model(data.x)[0], data.y, z[seen], data.held_out_y[seen]),
        )  # fmt: skip

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        yield TripletsResult(
            c, progress, data.held_out_y, torch.stack(idle), torch.stack(losses), parameter_count(model)
        )


def shares(snapshot: Snapshot, margin: float) -> tuple[float, float, float]:
    """Of the random triplets: easy, semi-hard, hard. Not numbers where a distance is none."""
    if not snapshot.positive.isfinite().all():
        return (float("nan"),) * 3
    no_loss = easy(snapshot.positive, snapshot.negative, margin).float().mean().item()
    near = hard(snapshot.positive, snapshot.negative).float().mean().item()
    return no_loss, 1 - no_loss - near, near


def measure(result: TripletsResult) -> Measurements:
    newest, margin = result.progress.newest, result.controls.margin
    no_loss, semi, near = shares(newest, margin)
    start = shares(result.progress.snapshots[0], margin)
    tenth = max(1, result.progress.steps // 10)
    early = result.idle[tenth // 2 : tenth + tenth // 2]
    return {
        "easy_percent": 100 * no_loss,
        "semi_hard_percent": 100 * semi,
        "hard_percent": 100 * near,
        "easy_at_start_percent": 100 * start[0],
        "hard_at_start_percent": 100 * start[2],
        "idle_early_percent": 100 * early.mean().item() if len(early) else float("nan"),
        "idle_late_percent": 100 * result.idle[-tenth:].mean().item(),
        "neighbour_accuracy_percent": 100 * newest.accuracy,
        "loss": result.losses[-1].item(),
        "spread": newest.z.std(0).norm().item(),
    }
