"""A critic, or a discriminator, in training: one step of it, a generator that follows it, and a critic of images."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.adversarial import GENERATOR_LOSSES, discriminator_loss
from models.generative.wasserstein import (
    between,
    clip_weights,
    distance_estimate,
    gradient_penalty,
    one_sided_penalty,
    slope_norm,
    slope_norm_per_pixel,
    slopes,
)
from models.layers.multilayer_perceptron import MLP
from models.seeding import generator, seeded

BATCH, HELD_OUT = 64, 1000
DEVIATION, RATE, BETAS = 0.2, 0.005, (0.5, 0.9)
CLIPPED = 0.01
"""c of Arjovsky et al., algorithm 1; the betas are those of Gulrajani et al."""

MOVES, PER_MOVE, WARM_UP, MOVE = 60, 5, 60, 0.1
"""Steps of a generator that only shifts its points, steps of its critic between two of them and before the first."""

IMAGE_STEPS, IMAGE_RATE, IMAGE_DEVIATION = 200, 0.002, 0.1

Constraint = Literal["gradient penalty", "one-sided penalty", "weight clipping", "none"]
Norm = Literal["per image", "per pixel"]
Pair = Literal["0 and 1", "3 and 8", "4 and 9"]
Kind = Literal["saturating", "non-saturating"]
PENALTIES = {"gradient penalty": gradient_penalty, "one-sided penalty": one_sided_penalty}


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
        x, y = batch(HELD_OUT)
        return distance_estimate(f(x), f(y)), (means[0] - means[1]).norm()
