"""A discriminator trained while the generator stands still: beside the best one, and how gradients change with it."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.generative.two_players.games import BATCH, DEVIATION, pools
from app.experiments.memo import memo
from models.generative.adversarial import (
    adam,
    best_discriminator,
    discriminator_step,
    generator_gradient,
    players,
    pooled_loss,
)
from models.generative.mixtures import Mixture, log_density, ring, sample, two_modes
from models.layers.multilayer_perceptron import MLP
from models.seeding import generator, seeded

FROZEN_STEPS, FROZEN_BATCH, FROZEN_RATE, COMPARED = 400, 256, 0.005, 600
AHEAD = (0, 25, 50, 100, 200, 300, 400, 600)

Ratio = Literal["1 real : 1 generated", "3 real : 1 generated", "2 real : 2 generated"]
RATIOS = {"1 real : 1 generated": (1, 1), "3 real : 1 generated": (3, 1), "2 real : 2 generated": (2, 2)}


class Frozen(NamedTuple):
    """A discriminator at points of both kinds, trained against a generator that stays as it is."""

    log_p: Tensor  # (P,) nats
    log_q: Tensor  # (P,)
    best: Tensor  # (P,)
    learned: Tensor  # (P,)


class Gradients(NamedTuple):
    """Length of the generator's gradient, untrained, after each of ``AHEAD`` steps of the discriminator alone."""

    non_saturating: Tensor  # (A,)
    saturating: Tensor  # (A,)


def groups() -> tuple[Mixture, Mixture]:
    """The frozen test: two groups of real points, and one wide group that a generator x = z would give."""
    return two_modes(2.4, 0.5, 0.6), Mixture(torch.ones(1), torch.zeros(1, 2), torch.ones(1))


def trained_against(p: Mixture, q: Mixture, ratio: Ratio, seed: int) -> Frozen:
    """D after ``FROZEN_STEPS`` steps on new points of p as real ones and of q as generated ones, at new points."""
    draws = generator(seed)
    network = seeded(lambda: MLP([2, 32, 32, 1], "tanh"), seed)
    optimizer = torch.optim.Adam(network.parameters(), FROZEN_RATE, fused=True)
    real, made = (FROZEN_BATCH * times for times in RATIOS[ratio])
    for step in range(FROZEN_STEPS):
        optimizer.param_groups[0]["lr"] = FROZEN_RATE * (1 - step / FROZEN_STEPS)
        x = torch.cat([sample(p, real, draws)[0], sample(q, made, draws)[0]])  # (real + made, 2)
        logits = network(x)[0].squeeze(-1)
        optimizer.zero_grad()
        pooled_loss(logits[:real], logits[real:]).backward()
        optimizer.step()
    x = torch.cat([sample(p, COMPARED, draws)[0], sample(q, COMPARED, draws)[0]])  # (P, 2)
    log_p, log_q = log_density(p, x), log_density(q, x)
    learned = network(x)[0].detach().squeeze(-1).sigmoid()
    return Frozen(log_p, log_q, best_discriminator(log_p, log_q), learned)


@memo
def frozen_of(seed: int, ratio: Ratio) -> Frozen:
    return trained_against(*groups(), ratio, seed)


@memo
def equal_of(seed: int, ratio: Ratio) -> Frozen:
    """The generator has reached the data: both sets of points come from one density."""
    p, _ = groups()
    return trained_against(p, p, ratio, seed + 1)


@memo
def gradients_of(seed: int) -> Gradients:
    """On the ring of 8, whatever the data of the page."""
    real, noise = pools(ring(8, 2.0, DEVIATION), seed)
    both = players(seed)
    optimizer = adam(both.discriminator, 0.004)
    found: list[list[Tensor]] = [[], []]
    for step in range(AHEAD[-1] + 1):
        if step in AHEAD:
            for kind, lengths in zip(("non-saturating", "saturating"), found):
                lengths.append(generator_gradient(both, noise[:512], kind))
        at = step * BATCH % len(real)
        discriminator_step(both, optimizer, real[at : at + BATCH], noise[at : at + BATCH])
    return Gradients(*map(torch.stack, found))
