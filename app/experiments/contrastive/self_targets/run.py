"""Five networks learn, each from its own other view: two with all guards against collapse, three with one removed."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.self_targets.five_networks import (
    KINDS,
    RATE,
    SNAPSHOTS,
    BatchNorm,
    Kind,
    Plan,
    Snapshot,
    learnt,
)
from app.experiments.live_training import Progress
from models.contrastive.linear_probe import sampling_error
from models.contrastive.moved_digits import moved_digits, pixel_accuracy, pixel_probe
from models.parameter_count import parameter_count

LAST = 20
"""Batches whose mean loss is measured."""


class SelfTargetsControls(Controls):
    kind: Kind = Field("BYOL", title="Shown in the map")
    norm: BatchNorm = Field("inside", title="Batch norm", description="Behind: also on the embeddings themselves")
    keep: float = Field(0.99, ge=0, le=0.999, title="Moving average keeps", description="Share of the target per step")
    rate: float = Field(RATE, ge=0.0003, le=0.03, title="Learning rate", json_schema_extra={"log": True})
    steps: int = Field(200, ge=100, le=600, multiple_of=50, title="Training steps", json_schema_extra=MORE)


class SelfTargetsResult(NamedTuple):
    controls: SelfTargetsControls
    progress: Progress[Snapshot]
    losses: Tensor  # (steps so far, K)
    y: Tensor  # (Q,)
    parameters: int

    @property
    def shown(self) -> int:
        return list(KINDS).index(self.controls.kind)


def run(controls: SelfTargetsControls, device: str) -> Iterator[SelfTargetsResult]:
    """On the CPU whatever the device: a batch of small images keeps no other one busy."""
    c, y = controls, moved_digits().wanted
    plan = Plan(c.norm, c.keep, c.rate, c.steps, c.seed)
    for part in range(SNAPSHOTS + 1):
        found = learnt(plan, part)
        taken = [c.steps * one // SNAPSHOTS for one in range(part + 1)]
        trained = parameter_count(found.networks.online) + parameter_count(found.networks.predictor)
        yield SelfTargetsResult(
            c, Progress(found.snapshots, taken, taken[-1], c.steps), found.losses, y, trained // len(KINDS)
        )  # fmt: skip


def measure(result: SelfTargetsResult) -> Measurements:
    newest, k = result.progress.newest, result.shown
    spread = dict(zip(KINDS, newest.spread.tolist()))
    rank = dict(zip(KINDS, newest.rank.tolist()))
    accuracy = dict(zip(KINDS, newest.accuracy.tolist()))
    probe = dict(zip(KINDS, newest.probe.tolist()))
    losses = result.losses[-LAST:].mean(0) if len(result.losses) else torch.full((len(KINDS),), torch.nan)
    loss = dict(zip(KINDS, losses.tolist()))
    return {
        "relative_spread": newest.spread[k].item(),
        "effective_rank": newest.rank[k].item(),
        "one_label_accuracy_percent": 100 * newest.accuracy[k].item(),
        "pixel_accuracy_percent": 100 * pixel_accuracy(),
        "averaged_accuracy_percent": 100 * accuracy["no predictor, moving average"],
        "byol_accuracy_percent": 100 * accuracy["BYOL"],
        "probe_percent": 100 * newest.probe[k].item(),
        "probe_error_points": 100 * sampling_error(newest.probe[k].item(), len(result.y)),
        "pixel_probe_percent": 100 * pixel_probe(),
        "byol_probe_percent": 100 * probe["BYOL"],
        "simsiam_probe_percent": 100 * probe["SimSiam"],
        "probe_without_stop_percent": 100 * probe["no stop-gradient"],
        "probe_without_predictor_percent": 100 * probe["no predictor"],
        "averaged_probe_percent": 100 * probe["no predictor, moving average"],
        "loss": losses[k].item(),
        "byol_spread": spread["BYOL"],
        "simsiam_spread": spread["SimSiam"],
        "lower_guarded_spread": min(spread["BYOL"], spread["SimSiam"]),
        "spread_without_stop": spread["no stop-gradient"],
        "spread_without_predictor": spread["no predictor"],
        "spread_without_predictor_averaged": spread["no predictor, moving average"],
        "byol_rank": rank["BYOL"],
        "rank_without_stop": rank["no stop-gradient"],
        "rank_without_predictor": rank["no predictor"],
        "loss_share_without_stop": loss["no stop-gradient"] / loss["BYOL"],
        "lowest_loss": 1.0 + losses.nan_to_num(torch.inf).argmin().item(),
    }
