"""A critic between two groups whose distance is known; a generator that follows it; the same critic for images."""

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.critic_slope.critic_training import (
    BATCH,
    DEVIATION,
    MOVES,
    RATE,
    Constraint,
    Kind,
    Norm,
    Pair,
    fresh,
    held,
    images_of,
    path_of,
    stepped,
    valued,
)
from app.experiments.live_training import Progress, training
from models.generative.wasserstein import between, distance_estimate, estimate_under_penalty, slope_norm, slopes
from models.parameter_count import parameter_count
from models.seeding import generator

SNAPSHOTS, MEASURED = 10, 1000
REACH, PROFILE = 5.0, 101


class CriticSlopeControls(Controls):
    apart: float = Field(4.0, ge=1, le=6, multiple_of=0.5, title="Distance of the groups")
    strength: float = Field(10.0, ge=0.5, le=30, title="Penalty λ", json_schema_extra={"log": True})
    constraint: Constraint = Field("gradient penalty", title="The slope is held by")
    norm: Norm = Field("per image", title="Norm of the slope, images")
    pair: Pair = Field("0 and 1", title="Digits, images")
    steps: Literal[100, 300, 600] = Field(300, title="Training steps of the critic", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    profile: Tensor  # (PROFILE,) the critic along the line through both groups
    estimate: Tensor  # () of held-out points


class CriticSlopeResult(NamedTuple):
    controls: CriticSlopeControls
    progress: Progress[Snapshot]
    slope: Tensor  # (MEASURED,) length of the slope between the groups
    path: Tensor  # (MOVES + 1,) distance of the generator's mean to that of the data, taught by the critic
    paths: list[Tensor]  # the same, taught by a discriminator; one per loss
    images: Tensor  # () estimate
    image_distance: Tensor  # () W
    parameters: int


def groups(N: int, apart: float, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Real points on the left, generated ones on the right: one is the other shifted, so W is how far.  (N, 2) each"""
    noise = DEVIATION * torch.randn(2, N, 2, generator=draws)
    shift = torch.tensor([apart / 2, 0.0])
    return noise[0] - shift, noise[1] + shift


def run(controls: CriticSlopeControls, device: str) -> Iterator[CriticSlopeResult]:
    """On the CPU whatever the device: 1,200 parameters keep no other one busy."""
    c = controls
    draws, (network, optimizer) = generator(c.seed), fresh(2, RATE, c.seed)
    f = valued(network)
    real, made = groups(MEASURED, c.apart, generator(c.seed + 1))
    line = torch.stack([torch.linspace(-REACH, REACH, PROFILE), torch.zeros(PROFILE)], dim=-1)  # (PROFILE, 2)
    taken = 0

    def step() -> None:
        nonlocal taken
        optimizer.param_groups[0]["lr"] = RATE * (1 - taken / c.steps)
        x, y = groups(BATCH, c.apart, draws)
        stepped(network, optimizer, held(f, x, y, (c.constraint, c.strength), draws), c.constraint)
        taken += 1

    @torch.no_grad()
    def evaluate() -> Snapshot:
        return Snapshot(f(line), distance_estimate(f(real), f(made)))

    nothing = torch.full((MOVES + 1,), torch.nan)
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        slope = slope_norm(slopes(f, between(real, made, torch.rand(MEASURED, generator=generator(2))))).detach()
        path, paths, images, distance = nothing, [nothing, nothing], nothing[0], nothing[0]
        if progress.done:
            path = path_of(c.seed, c.apart, c.strength, c.constraint)
            paths = [path_of(c.seed, c.apart, 0.0, kind) for kind in get_args(Kind)]
            images, distance = images_of(c.seed, c.pair, c.norm, c.constraint, c.strength)
        yield CriticSlopeResult(c, progress, slope, path, paths, images, distance, parameter_count(network))


def measure(result: CriticSlopeResult) -> Measurements:
    c, last = result.controls, slice(-10, None)
    W, estimate = torch.tensor(c.apart), result.progress.newest.estimate
    predicted = estimate_under_penalty(W, c.strength).item()
    image_predicted = estimate_under_penalty(result.image_distance, c.strength).item()
    return {
        "distance": c.apart,
        "estimate": estimate.item(),
        "predicted_estimate": predicted,
        "estimate_over_prediction": estimate.item() / predicted,
        "too_high_percent": 100 * (estimate.item() / c.apart - 1),
        "mean_slope": result.slope.mean().item(),
        "image_distance": result.image_distance.item(),
        "image_estimate": result.images.item(),
        "image_estimate_over_prediction": result.images.item() / image_predicted,
        "distance_left_with_critic": result.path[last].mean().item(),
        "distance_left_with_saturating_discriminator": result.paths[0][last].mean().item(),
        "distance_left_with_non_saturating_discriminator": result.paths[1][last].mean().item(),
    }
