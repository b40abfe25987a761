"""Several games on one density, each with its own networks, real points and noise; trained at once, in parts."""

import copy
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.points import read_points
from models.generative.adversarial import (
    Players,
    adam,
    discriminator_step,
    generator_step,
    players,
    side_by_side,
)
from models.generative.mixtures import Mixture, islands, mode_shares, ring, sample, two_modes
from models.layers.multilayer_perceptron import MLP
from models.seeding import generator

STEPS, PARTS, BATCH, POOL, HELD_OUT, GAMES = 1000, 10, 64, 2048, 1000, 5
"""Batches walk round a pool of real points and one of noise, so that the browser trains on the same ones."""

COVERED = 0.25
"""A mode counts as covered with at least this part of its true share of the generated points."""

DEVIATION, APART = 0.2, 1_000_003
"""Deviation of a mode; distance between the seeds of two games."""

Shape = Literal["ring of 8", "ring of 5", "two groups"]
Loss = Literal["non-saturating", "saturating"]


class Rules(NamedTuple):
    """All that a game depends on; hashable."""

    shape: Shape
    own: str
    loss: Loss
    stopped: int  # the discriminator’s last step
    generator_rate: float
    discriminator_rate: float
    seed: int


class Games(NamedTuple):
    """The games so far, and what they need to go on."""

    both: Players  # weights with GAMES in front
    optimizers: tuple[torch.optim.Adam, torch.optim.Adam]  # of the discriminators, of the generators
    shares: Tensor  # (GAMES, K) of held-out generated points at each mode


def mixture_of(shape: Shape, own: str) -> Mixture:
    """The density of the data: the clicked modes, where there are any."""
    means = read_points(own).points  # (K, 2)
    if len(means):
        return islands(means, DEVIATION)
    if shape == "two groups":
        return two_modes(3.0, 0.5, DEVIATION)
    return ring(8 if shape == "ring of 8" else 5, 2.0, DEVIATION)


def pools(mixture: Mixture, seed: int) -> tuple[Tensor, Tensor]:
    """Real points and noise that the batches are taken from, in turn; exact in float32.  (POOL, 2) each"""
    draws = generator(seed)
    real, _ = sample(mixture, POOL, draws)
    return real.double(), torch.randn(POOL, 2, generator=draws).double()


def seeds_of(seed: int) -> list[int]:
    """Of the games; the first game has the run’s own."""
    return [(seed + APART * game) % 2**31 for game in range(GAMES)]


@memo
def material(shape: Shape, own: str, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Real points (GAMES, POOL, 2) and noise (GAMES, POOL, 2) of the games, and held-out noise (GAMES, HELD_OUT, 2)."""
    mixture = mixture_of(shape, own)
    real, noise = zip(*(pools(mixture, one) for one in seeds_of(seed)), strict=True)
    tried = torch.randn(GAMES, HELD_OUT, 2, generator=generator(seed + 1)).double()
    return torch.stack(real), torch.stack(noise), tried


def layers(network: MLP) -> list[Tensor]:
    """Weight and bias of every layer, first layer first."""
    return [one.detach().clone() for pair in zip(network.weights, network.biases) for one in pair]


def first_game(both: Players) -> Players:
    """The two players of the first game."""
    alone = copy.deepcopy(both)
    for one in alone.parameters():
        one.data = one.data[0].clone()
    return alone


def covered(mixture: Mixture, shares: Tensor) -> Tensor:
    """Modes with at least ``COVERED`` of their true share.  (…, K) → (…)"""
    return (shares >= COVERED * mixture.weights).sum(-1)


@memo
@torch.enable_grad()
def games(rules: Rules, part: int) -> Games:
    """After that many of ``PARTS`` parts of the training."""
    real, noise, tried = material(rules.shape, rules.own, rules.seed)
    if part:
        both, (first, second), _ = copy.deepcopy(games(rules, part - 1))
    else:
        both = side_by_side([players(seed) for seed in seeds_of(rules.seed)])
        first, second = adam(both.discriminator, rules.discriminator_rate), adam(both.generator, rules.generator_rate)
    each = STEPS // PARTS
    for taken in range(each * (part - 1), each * part) if part else ():
        at = taken * BATCH % POOL
        x, z = real[:, at : at + BATCH], noise[:, at : at + BATCH]
        if taken < rules.stopped:
            discriminator_step(both, first, x, z)
        generator_step(both, second, z, rules.loss)
    with torch.no_grad():
        generated = both.generate(tried).float()  # (GAMES, HELD_OUT, 2)
    mixture = mixture_of(rules.shape, rules.own)
    return Games(both, (first, second), torch.stack([mode_shares(mixture, one) for one in generated]))
