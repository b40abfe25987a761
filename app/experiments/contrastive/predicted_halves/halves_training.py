"""The training of one network that predicts halves, kept part by part: pages share it, whatever they show of it."""

import copy
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.contrastive.joint_embedding import (
    SIDES,
    GradientThroughTarget,
    JointEmbedding,
    PixelTarget,
    WithoutPredictor,
    energy,
    half,
    opposite,
)
from models.convolution.bottleneck import effective_rank
from models.data.digits import digits
from models.seeding import generator

PIXELS, HIDDEN, DIMENSIONS, BATCH, RATE, SNAPSHOTS = 64, 64, 16, 128, 0.003, 10
Method = Literal["guarded", "gradient through the target", "no predictor", "pixels as target"]
Guards = Literal["all guards", "no moving average", "no stop-gradient", "no predictor"]

METHODS: Mapping[Method, type[JointEmbedding]] = {
    "guarded": JointEmbedding,
    "gradient through the target": GradientThroughTarget,
    "no predictor": WithoutPredictor,
    "pixels as target": PixelTarget,
}


class Plan(NamedTuple):
    """What decides a training."""

    method: Method
    momentum: float
    steps: int
    seed: int


def guards(plan: Plan) -> dict[Guards, Plan]:
    """The same training with all guards, and with each of them off."""
    return {
        "all guards": plan._replace(method="guarded"),
        "no moving average": plan._replace(method="guarded", momentum=0.0),
        "no stop-gradient": plan._replace(method="gradient through the target", momentum=0.0),
        "no predictor": plan._replace(method="no predictor"),
    }


class Snapshot(NamedTuple):
    own: Tensor  # (4, Q) energy of each held-out digit's own half, by the half that is visible
    other: Tensor  # (4, Q) with another digit's
    spread: Tensor  # (4,) standard deviation of the target vectors over digits, mean of the dimensions
    rank: Tensor  # (4,) their effective rank, the mean taken off


class Learnt(NamedTuple):
    model: JointEmbedding
    optimizer: dict[str, Any]
    losses: Tensor  # (steps so far,)
    snapshots: list[Snapshot]


def another(count: int) -> Tensor:
    """For each held-out digit the place of another one, the same in every run.  (Q,)"""
    return (torch.arange(count) + 37) % count


def halves_of(images: Tensor, side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Visible halves of images (B, 64), hidden halves (B, 36) each, and which the hidden are (B,)."""
    seen = torch.full((len(images),), side)
    return half(images, seen), half(images, opposite(seen)), opposite(seen)


@torch.no_grad()
def _evaluated(model: JointEmbedding) -> Snapshot:
    x, found = digits()[1].images.flatten(1), []
    for side in range(SIDES):
        own, trace = model(*halves_of(x, side))
        centred = trace.target - trace.target.mean(0)
        other = energy(trace.predicted, trace.target[another(len(x))])
        found.append((own, other, centred.square().mean(0).sqrt().mean(), effective_rank(centred)))
    return Snapshot(*map(torch.stack, zip(*found)))


@memo
def learnt(plan: Plan, part: int) -> Learnt:
    """After ``part`` of the SNAPSHOTS parts of the steps; every part is computed once."""
    if part == 0:
        model = METHODS[plan.method](PIXELS, HIDDEN, DIMENSIONS, plan.seed)
        return Learnt(model, {}, torch.zeros(0), [_evaluated(model)])
    before = learnt(plan, part - 1)
    model = copy.deepcopy(before.model)
    optimizer = torch.optim.Adam([one for one in model.parameters() if one.requires_grad], RATE, fused=True)
    if before.optimizer:
        optimizer.load_state_dict(copy.deepcopy(before.optimizer))
    x, draws, losses = digits()[0].images.flatten(1), generator(SNAPSHOTS * (plan.seed + 1) + part), []
    for _ in range(plan.steps // SNAPSHOTS):
        images = x[torch.randint(len(x), (BATCH,), generator=draws)]
        side = torch.randint(SIDES, (BATCH,), generator=draws)
        loss = model(half(images, opposite(side)), half(images, side), side)[0].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.follow(plan.momentum)
        losses.append(loss.detach())
    return Learnt(
        model, optimizer.state_dict(), torch.cat([before.losses, torch.stack(losses)]),
        [*before.snapshots, _evaluated(model)],
    )  # fmt: skip
