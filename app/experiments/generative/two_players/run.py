"""Two networks play in the plane; the discriminator alone against the best one; the two losses of the generator."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.memo import memo
from app.experiments.points import Points, read_points
from models.generative.adversarial import (
    Players,
    adam,
    best_discriminator,
    discriminator_step,
    generator_gradient,
    generator_step,
    players,
    pooled_loss,
)
from models.generative.mixtures import Mixture, log_density, mode_shares, ring, sample, two_modes
from models.layers.multilayer_perceptron import MLP
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

STEPS, BATCH, POOL, HELD_OUT, SNAPSHOTS = 1000, 64, 2048, 2000, 20
"""Batches walk round a pool of real points and one of noise, so that the browser trains on the same ones."""

COVERED = 0.25
"""A mode counts as covered with at least this part of its true share of the generated points."""

DEVIATION = 0.2
FROZEN_STEPS, FROZEN_BATCH, FROZEN_RATE, COMPARED = 400, 256, 0.005, 600
AHEAD = (0, 25, 50, 100, 200, 300, 400, 600)

Ratio = Literal["1 real : 1 generated", "3 real : 1 generated", "2 real : 2 generated"]
RATIOS = {"1 real : 1 generated": (1, 1), "3 real : 1 generated": (3, 1), "2 real : 2 generated": (2, 2)}


class TwoPlayersControls(Controls):
    shape: Literal["ring of 8", "ring of 5", "two groups"] = Field("ring of 8", title="Data")
    own: Points = Field("", title="Own modes", description="A click puts a group there instead, in either colour")
    loss: Literal["non-saturating", "saturating"] = Field("non-saturating", title="Generator’s loss")
    stopped: int = Field(STEPS, ge=0, le=STEPS, multiple_of=100, title="Discriminator learns until step")
    generator_rate: float = Field(
        0.002, ge=0.0002, le=0.02, title="Rate of the generator", json_schema_extra={"log": True}
    )
    discriminator_rate: float = Field(
        0.004, ge=0.0002, le=0.02, title="Rate of the discriminator", json_schema_extra={"log": True}
    )
    ratio: Ratio = Field("1 real : 1 generated", title="Batch of the frozen test", json_schema_extra=MORE)
    ahead: Literal[0, 25, 50, 100, 200, 300, 400, 600] = Field(
        300, title="Discriminator trained ahead, steps", json_schema_extra=MORE
    )


class Snapshot(NamedTuple):
    shares: Tensor  # (K,) of held-out generated points, at each mode


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


class TwoPlayersResult(NamedTuple):
    controls: TwoPlayersControls
    mixture: Mixture
    real: Tensor  # (POOL, 2)
    noise: Tensor  # (POOL, 2)
    start: list[Tensor]  # weights and biases of the generator, then of the discriminator, layer by layer
    both: Players
    generated: Tensor  # (HELD_OUT, 2) now
    progress: Progress[Snapshot]
    frozen: Frozen | None  # once the training is over
    gradients: Gradients | None
    parameters: int


def mixture_of(controls: TwoPlayersControls) -> Mixture:
    """The density of the data: the clicked modes, where there are any."""
    means = read_points(controls.own).points  # (K, 2)
    if len(means):
        return Mixture(torch.full((len(means),), 1 / len(means)), means, torch.full((len(means),), DEVIATION**2))
    if controls.shape == "two groups":
        return two_modes(3.0, 0.5, DEVIATION)
    return ring(8 if controls.shape == "ring of 8" else 5, 2.0, DEVIATION)


def pools(mixture: Mixture, seed: int) -> tuple[Tensor, Tensor]:
    """Real points and noise that the batches are taken from, in turn; exact in float32."""
    draws = generator(seed)
    real, _ = sample(mixture, POOL, draws)
    return real.double(), torch.randn(POOL, 2, generator=draws).double()


def layers(network: MLP) -> list[Tensor]:
    """Weight and bias of every layer, first layer first."""
    return [one.detach().clone() for pair in zip(network.weights, network.biases) for one in pair]


def groups() -> tuple[Mixture, Mixture]:
    """The frozen test: two groups of real points, and one wide group that a generator x = z would give."""
    return two_modes(2.4, 0.5, 0.6), Mixture(torch.ones(1), torch.zeros(1, 2), torch.ones(1))


@memo
def frozen_of(seed: int, ratio: Ratio) -> Frozen:
    draws, (p, q) = generator(seed), groups()
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
        at = step * BATCH % POOL
        discriminator_step(both, optimizer, real[at : at + BATCH], noise[at : at + BATCH])
    return Gradients(*map(torch.stack, found))


def run(controls: TwoPlayersControls, device: str) -> Iterator[TwoPlayersResult]:
    """On the CPU whatever the device: 2,400 parameters keep no other one busy."""
    c = controls
    mixture = mixture_of(c)
    real, noise = pools(mixture, c.seed)
    both = players(c.seed)
    start = [*layers(both.generator), *layers(both.discriminator)]
    first, second = adam(both.discriminator, c.discriminator_rate), adam(both.generator, c.generator_rate)
    tried = torch.randn(HELD_OUT, 2, generator=generator(c.seed + 1)).double()
    taken = 0

    def step() -> None:
        nonlocal taken
        at = taken * BATCH % POOL
        x, z = real[at : at + BATCH], noise[at : at + BATCH]
        if taken < c.stopped:
            discriminator_step(both, first, x, z)
        generator_step(both, second, z, c.loss)
        taken += 1

    @torch.no_grad()
    def evaluate() -> Snapshot:
        return Snapshot(mode_shares(mixture, both.generate(tried).float()))

    for progress in training(step, evaluate, STEPS, SNAPSHOTS):
        with torch.no_grad():
            generated = both.generate(tried)
        done = progress.done
        yield TwoPlayersResult(
            c, mixture, real, noise, start, both, generated, progress,
            frozen_of(c.seed, c.ratio) if done else None, gradients_of(c.seed) if done else None,
            parameter_count(both),
        )  # fmt: skip


def covered(mixture: Mixture, shares: Tensor) -> int:
    """Modes with at least ``COVERED`` of their true share."""
    return int((shares >= COVERED * mixture.weights).sum())


def measure(result: TwoPlayersResult) -> Measurements:
    shares, missing = result.progress.newest.shares, float("nan")
    with torch.no_grad():
        on_real = result.both.judge(result.real).sigmoid().mean().item()
        on_generated = result.both.judge(result.generated).sigmoid().mean().item()
    frozen, gradients, at = result.frozen, result.gradients, AHEAD.index(result.controls.ahead)
    error = missing if frozen is None else (frozen.learned - frozen.best).abs().mean().item()
    lengths = [missing] * 2 if gradients is None else [one[at].item() for one in gradients]
    return {
        "modes": len(shares),
        "modes_covered": covered(result.mixture, shares),
        "modes_missed": len(shares) - covered(result.mixture, shares),
        "points_at_a_mode_percent": 100 * shares.sum().item(),
        "mean_d_of_real_points": on_real,
        "mean_d_of_generated_points": on_generated,
        "error_of_frozen_discriminator": error,
        "gradient_of_non_saturating_loss": lengths[0],
        "gradient_of_saturating_loss": lengths[1],
        "ratio_of_gradients": lengths[0] / lengths[1],
        "discriminator_ahead_steps": result.controls.ahead,
    }
