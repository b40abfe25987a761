"""A critic between two groups whose distance is known; a generator that follows it; the same critic for images."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.adversarial import GENERATOR_LOSSES, discriminator_loss
from models.generative.wasserstein import (
    between,
    clip_weights,
    distance_estimate,
    estimate_under_penalty,
    gradient_penalty,
    one_sided_penalty,
    slope_norm,
    slope_norm_per_pixel,
    slopes,
)
from models.layers.multilayer_perceptron import MLP
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

BATCH, STEPS, SNAPSHOTS, MEASURED = 64, 300, 10, 1000
DEVIATION, RATE, BETAS = 0.2, 0.005, (0.5, 0.9)
CLIPPED = 0.01
"""c of Arjovsky et al., algorithm 1; the betas are those of Gulrajani et al."""

MOVES, PER_MOVE, WARM_UP, MOVE = 60, 5, 60, 0.1
"""Steps of a generator that only shifts its points, steps of its critic between two of them and before the first."""

IMAGE_STEPS, IMAGE_RATE, IMAGE_DEVIATION = 200, 0.002, 0.1
REACH, PROFILE = 5.0, 101

Constraint = Literal["gradient penalty", "one-sided penalty", "weight clipping", "none"]
Norm = Literal["per image", "per pixel"]
Pair = Literal["0 and 1", "3 and 8", "4 and 9"]
Kind = Literal["saturating", "non-saturating"]
PENALTIES = {"gradient penalty": gradient_penalty, "one-sided penalty": one_sided_penalty}


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


def valued(network: MLP) -> Callable[[Tensor], Tensor]:
    """f: one number per point.  (B, …) → (B,)"""
    return lambda x: network(x.flatten(1))[0].squeeze(-1)


def held(
    f: Callable[[Tensor], Tensor],
    x: Tensor,
    y: Tensor,
    c: tuple[Constraint, float],
    draws: torch.Generator,
    norm: Norm = "per image",
) -> Tensor:
    """What the critic minimises: its estimate negated, and the penalty if there is one."""
    loss = -distance_estimate(f(x), f(y))
    constraint, strength = c
    if constraint in PENALTIES:
        slope = slopes(f, between(x, y, torch.rand(len(x), generator=draws)))
        length = slope_norm(slope) if norm == "per image" else slope_norm_per_pixel(slope)
        loss = loss + PENALTIES[constraint](length, strength)
    return loss


def stepped(network: MLP, optimizer: torch.optim.Optimizer, loss: Tensor, constraint: Constraint) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if constraint == "weight clipping":
        clip_weights(network, CLIPPED)


def fresh(inputs: int, rate: float, seed: int) -> tuple[MLP, torch.optim.Adam]:
    network = seeded(lambda: MLP([inputs, 32, 32, 1], "tanh"), seed)
    return network, torch.optim.Adam(network.parameters(), rate, betas=BETAS, fused=True)


@memo
def path_of(seed: int, apart: float, strength: float, constraint: Constraint | Kind) -> Tensor:
    """Distance (MOVES + 1,) of a generator's mean to the data's while it follows a critic, or a discriminator."""
    draws, (network, optimizer) = generator(seed), fresh(2, RATE, seed)
    f, place, found = valued(network), torch.tensor([apart, 0.0]), [apart]
    for move in range(MOVES):
        for _ in range(PER_MOVE if move else WARM_UP):
            noise = DEVIATION * torch.randn(2, BATCH, 2, generator=draws)
            x, y = noise[0], noise[1] + place
            if constraint in GENERATOR_LOSSES:
                stepped(network, optimizer, discriminator_loss(f(x), f(y)), "none")
            else:
                stepped(network, optimizer, held(f, x, y, (constraint, strength), draws), constraint)  # type: ignore[arg-type]
        y = (DEVIATION * torch.randn(BATCH, 2, generator=draws) + place).requires_grad_()
        loss = GENERATOR_LOSSES[constraint](f(y)) if constraint in GENERATOR_LOSSES else -f(y).mean()
        place = place - MOVE * torch.autograd.grad(loss, y)[0].sum(0)
        found.append(place.norm().item())
    return torch.tensor(found)


@memo
def images_of(seed: int, pair: Pair, norm: Norm, constraint: Constraint, strength: float) -> tuple[Tensor, Tensor]:
    """Estimate and true distance of two groups of 8×8 images: the mean pictures of two digits, with equal noise."""
    (data, _), draws = digits(), generator(seed)
    ink = (data.images + 1) / 2  # from 0 to 1
    means = [ink[data.labels == int(one)].mean(0) for one in pair.split(" and ")]
    network, optimizer = fresh(64, IMAGE_RATE, seed)
    f = valued(network)

    def batch(N: int) -> tuple[Tensor, Tensor]:
        noise = IMAGE_DEVIATION * torch.randn(2, N, 1, 8, 8, generator=draws)
        return noise[0] + means[0], noise[1] + means[1]

    for step in range(IMAGE_STEPS):
        optimizer.param_groups[0]["lr"] = IMAGE_RATE * (1 - step / IMAGE_STEPS)
        x, y = batch(BATCH)
        stepped(network, optimizer, held(f, x, y, (constraint, strength), draws, norm), constraint)
    with torch.no_grad():
        x, y = batch(MEASURED)
        return distance_estimate(f(x), f(y)), (means[0] - means[1]).norm()


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
