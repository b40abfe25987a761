"""A network learns to find, among many views of digits, the other view of the same digit."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.digit_classes import PIXELS
from app.experiments.live_training import Progress, training
from models.contrastive.linear_probe import sampling_error
from models.contrastive.moved_digits import moved_digits, pixel_accuracy, pixel_probe
from models.contrastive.nt_xent import ViewLoss, alignment, nt_xent, pull_alone, similarities, uniformity, with_itself
from models.contrastive.view_encoder import ViewEncoder, batch_normalised
from models.convolution.bottleneck import effective_rank
from models.data.digit_views import Ranges, view
from models.data.digits import digits
from models.parameter_count import parameter_count
from models.seeding import generator

HIDDEN, FEATURES, DIMENSIONS, RATE = 128, 64, 32, 0.003
SNAPSHOTS = 5
OF_EACH_CLASS = 2
"""Held-out digits of each class in the map of similarities."""

Others = Literal["all other views", "itself as well", "nothing"]
LOSSES: dict[Others, ViewLoss] = {
    "all other views": nt_xent,
    "itself as well": with_itself,
    "nothing": pull_alone,
}


class ViewsControls(Controls):
    second: Literal["drawn anew", "same as the first"] = Field("drawn anew", title="Second view")
    others: Others = Field("all other views", title="Compared with", description="What stands in the denominator")
    temperature: float = Field(0.5, ge=0.05, le=5, title="Temperature", json_schema_extra={"log": True})
    degrees: int = Field(45, ge=0, le=90, multiple_of=15, title="Rotation of a view", description="Up to, in degrees")
    batch: Literal[32, 64, 128] = Field(128, title="Digits in a batch")
    steps: int = Field(200, ge=100, le=600, multiple_of=50, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    similar: Tensor  # (2M, 2M) cosines of the views of some held-out digits
    accuracy: float  # with one label per class, rotated digits, by features
    accuracy_of_embeddings: float  # by what the projector makes of them
    probe: float  # with all labels, by a linear classifier of features
    probe_of_embeddings: float
    alignment: float  # of the views of held-out digits
    uniformity: float
    rank: float  # effective, of the embeddings


class ViewsResult(NamedTuple):
    controls: ViewsControls
    progress: Progress[Snapshot]
    views: Tensor  # (2, M, 8, 8) of the digits in the map
    classes: Tensor  # (M,)
    losses: Tensor  # (steps so far,)
    parameters: int


def run(controls: ViewsControls, device: str) -> Iterator[ViewsResult]:
    """On the CPU whatever the device: a batch of small images keeps no other one busy."""
    c, data, draws = controls, moved_digits(), generator(controls.seed + 1)
    (images, _), (held_out, labels) = digits()
    ranges, loss_of = Ranges(degrees=float(c.degrees)), LOSSES[c.others]
    model = ViewEncoder(PIXELS, HIDDEN, FEATURES, DIMENSIONS, [c.seed], batch_normalised)
    optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)
    losses: list[Tensor] = []
    shown = torch.cat([(labels == digit).nonzero()[:OF_EACH_CLASS, 0] for digit in range(10)])
    asked = generator(c.seed + 2)
    pair = torch.stack([view(held_out, ranges, asked) for _ in range(2)])  # two views of every held-out digit

    def step() -> None:
        x = images[torch.randint(len(images), (c.batch,), generator=draws)]
        first = view(x, ranges, draws)
        second = view(x, ranges, draws) if c.second == "drawn anew" else first
        z, _ = model(torch.cat([first, second]).flatten(1))
        loss = loss_of(z[0], c.temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())

    @torch.no_grad()
    def evaluate() -> Snapshot:
        one, other = (model(each.flatten(1))[0][0] for each in pair)
        (known, by_known), (new, by_new) = (model(x) for x in (data.known, data.asked))
        return Snapshot(
            similarities(torch.cat([one[shown], other[shown]]), 1.0),
            data.accuracy(by_known.features[0], by_new.features[0]), data.accuracy(known[0], new[0]),
            data.probe(by_known.features[0], by_new.features[0]), data.probe(known[0], new[0]),
            alignment(one, other).item(), uniformity(one).item(), effective_rank(one).item(),
        )  # fmt: skip

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        yield ViewsResult(
            c, progress, pair[:, shown, 0], labels[shown], torch.stack(losses), parameter_count(model)
        )  # fmt: skip


def measure(result: ViewsResult) -> Measurements:
    first, newest = result.progress.snapshots[0], result.progress.newest
    pixels, half = pixel_accuracy(), len(result.classes)
    similar = newest.similar
    partner = similar[:half, half:].diagonal()
    different = similar[:half, half:][result.classes[:, None] != result.classes]
    untrained, found = first.accuracy_of_embeddings, newest.accuracy_of_embeddings
    return {
        "embedding_accuracy_percent": 100 * found,
        "feature_accuracy_percent": 100 * newest.accuracy,
        "pixel_accuracy_percent": 100 * pixels,
        "untrained_accuracy_percent": 100 * untrained,
        "feature_probe_percent": 100 * newest.probe,
        "embedding_probe_percent": 100 * newest.probe_of_embeddings,
        "pixel_probe_percent": 100 * pixel_probe(),
        "probe_error_points": 100 * sampling_error(newest.probe, len(moved_digits().wanted)),
        "gain_points": 100 * (found - max(pixels, untrained)),
        "projector_gain_points": 100 * (found - newest.accuracy),
        "alignment": newest.alignment,
        "uniformity": newest.uniformity,
        "effective_rank": newest.rank,
        "similarity_of_partners": partner.mean().item(),
        "similarity_of_other_digits": different.mean().item(),
        "loss": result.losses[-20:].mean().item(),
    }
