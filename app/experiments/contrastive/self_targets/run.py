"""Five networks learn, each from its own other view: two with all guards against collapse, three with one removed."""

import copy
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.digit_classes import PIXELS
from app.experiments.live_training import Progress
from app.experiments.memo import memo
from models.contrastive.moved_digits import moved_digits, pixel_accuracy
from models.contrastive.nt_xent import unit
from models.contrastive.self_distillation import (
    Objective,
    Predictor,
    byol,
    follow,
    relative_spread,
    simsiam,
    without_predictor,
    without_predictor_averaged,
    without_stop,
)
from models.contrastive.view_encoder import Normalise, ViewEncoder, as_it_is, batch_normalised
from models.convolution.bottleneck import effective_rank
from models.data.digit_views import Ranges, view
from models.data.digits import digits
from models.parameter_count import parameter_count
from models.seeding import generator

HIDDEN, FEATURES, DIMENSIONS, PREDICTOR = 128, 64, 64, 16
BATCH, RATE, SNAPSHOTS, LAST = 64, 0.003, 5, 20

Kind = Literal["BYOL", "SimSiam", "no stop-gradient", "no predictor", "no predictor, moving average"]
KINDS: Mapping[Kind, Objective] = {
    "BYOL": byol,
    "SimSiam": simsiam,
    "no stop-gradient": without_stop,
    "no predictor": without_predictor,
    "no predictor, moving average": without_predictor_averaged,
}
BatchNorm = Literal["inside", "inside and behind", "none"]
NORMS: Mapping[BatchNorm, tuple[Normalise, Normalise]] = {
    "inside": (batch_normalised, as_it_is),
    "inside and behind": (batch_normalised, batch_normalised),
    "none": (as_it_is, as_it_is),
}


class SelfTargetsControls(Controls):
    kind: Kind = Field("BYOL", title="Shown in the map")
    norm: BatchNorm = Field("inside", title="Batch norm", description="Behind: also on the embeddings themselves")
    keep: float = Field(0.99, ge=0, le=0.999, title="Moving average keeps", description="Share of the target per step")
    rate: float = Field(RATE, ge=0.0003, le=0.03, title="Learning rate", json_schema_extra={"log": True})
    steps: int = Field(200, ge=100, le=600, multiple_of=50, title="Training steps", json_schema_extra=MORE)


class Plan(NamedTuple):
    """What decides the training; the same for all that a page may highlight in it."""

    norm: BatchNorm
    keep: float
    rate: float
    steps: int
    seed: int


class Snapshot(NamedTuple):
    z: Tensor  # (K, Q, D) embeddings of moved held-out digits, of length 1
    spread: Tensor  # (K,) relative to an even spread
    rank: Tensor  # (K,) effective rank
    accuracy: Tensor  # (K,) with one label per class


class Networks(NamedTuple):
    online: ViewEncoder
    predictor: Predictor
    target: ViewEncoder

    def trained(self) -> list[nn.Parameter]:
        return [*self.online.parameters(), *self.predictor.parameters()]


class Learnt(NamedTuple):
    networks: Networks
    optimizer: dict[str, object]
    losses: Tensor  # (steps so far, K)
    snapshots: list[Snapshot]


class SelfTargetsResult(NamedTuple):
    controls: SelfTargetsControls
    progress: Progress[Snapshot]
    losses: Tensor  # (steps so far, K)
    y: Tensor  # (Q,)
    parameters: int

    @property
    def shown(self) -> int:
        return list(KINDS).index(self.controls.kind)


def _start(plan: Plan) -> Networks:
    inside, behind = NORMS[plan.norm]
    seeds = [plan.seed] * len(KINDS)
    online = ViewEncoder(PIXELS, HIDDEN, FEATURES, DIMENSIONS, seeds, inside, behind)
    target = copy.deepcopy(online).requires_grad_(False)
    return Networks(online, Predictor(DIMENSIONS, PREDICTOR, seeds, inside), target)


@torch.no_grad()
def _evaluated(networks: Networks) -> Snapshot:
    data = moved_digits()
    known, z = (unit(networks.online(x)[0]) for x in (data.known, data.asked))
    return Snapshot(
        z, relative_spread(z), torch.stack([effective_rank(one.nan_to_num()) for one in z]).float(),
        torch.tensor([data.accuracy(*each) for each in zip(known, z)]),
    )  # fmt: skip


@memo
def learnt(plan: Plan, part: int) -> Learnt:
    """After ``part`` of the SNAPSHOTS parts of the steps; every part is computed once."""
    if part == 0:
        networks = _start(plan)
        return Learnt(networks, {}, torch.zeros(0, len(KINDS)), [_evaluated(networks)])
    before = learnt(plan, part - 1)
    networks = copy.deepcopy(before.networks)
    optimizer = torch.optim.Adam(networks.trained(), plan.rate, fused=True)
    if before.optimizer:
        optimizer.load_state_dict(copy.deepcopy(before.optimizer))
    images, draws, losses = digits()[0].images, generator(SNAPSHOTS * (plan.seed + 1) + part), []
    for _ in range(plan.steps // SNAPSHOTS):
        x = images[torch.randint(len(images), (BATCH,), generator=draws)]
        both = torch.cat([view(x, Ranges(), draws) for _ in range(2)]).flatten(1)
        z, _ = networks.online(both)
        p, _ = networks.predictor(z)
        with torch.no_grad():
            target, _ = networks.target(both)
        each = torch.stack([of(z[k], p[k], target[k]) for k, of in enumerate(KINDS.values())])
        optimizer.zero_grad()
        each.sum().backward()
        optimizer.step()
        follow(networks.target.parameters(), networks.online.parameters(), plan.keep)
        losses.append(each.detach())
    return Learnt(
        networks, optimizer.state_dict(), torch.cat([before.losses, torch.stack(losses)]),
        [*before.snapshots, _evaluated(networks)],
    )  # fmt: skip


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
    losses = result.losses[-LAST:].mean(0) if len(result.losses) else torch.full((len(KINDS),), torch.nan)
    loss = dict(zip(KINDS, losses.tolist()))
    return {
        "relative_spread": newest.spread[k].item(),
        "effective_rank": newest.rank[k].item(),
        "one_label_accuracy_percent": 100 * newest.accuracy[k].item(),
        "pixel_accuracy_percent": 100 * pixel_accuracy(),
        "averaged_accuracy_percent": 100 * accuracy["no predictor, moving average"],
        "byol_accuracy_percent": 100 * accuracy["BYOL"],
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
        "lowest_loss": float(losses.nan_to_num(torch.inf).argmin()),
    }
