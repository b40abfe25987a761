"""The training of five networks side by side, from the same weights and on the same views, kept part by part."""

import copy
from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from app.experiments.contrastive.digit_classes import PIXELS
from app.experiments.memo import memo
from models.contrastive.moved_digits import moved_digits
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
from models.seeding import generator

HIDDEN, FEATURES, DIMENSIONS, PREDICTOR = 128, 64, 64, 16
BATCH, RATE, SNAPSHOTS = 64, 0.003, 5

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
    probe: Tensor  # (K,) with all labels, by a linear classifier


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
        *(torch.tensor([by(*each) for each in zip(known, z)]) for by in (data.accuracy, data.probe)),
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
