"""The encoder in training, in parts, and the posteriors that are improved digit by digit once it is over."""

import copy
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.linear_gaussian import (
    Encoder,
    LinearGaussian,
    Posterior,
    bound,
    fitted,
    importance_bound,
    log_likelihood,
    log_weights,
    optimised,
    paired_rotation,
    rotated,
)
from models.seeding import generator, seeded

BATCH, RATE, REFINED, PARTS = 128, 0.01, 150, 4
SAMPLES = [1, 2, 4, 8, 16, 32, 64]
ENCODER, OPTIMISED, PRIOR = "the encoder", "optimised per digit", "the prior"


class Lesson(NamedTuple):
    """What an encoder is trained on and how; hashable."""

    latents: int
    rotation: int
    hidden: int
    steps: int
    seed: int


class Course(NamedTuple):
    """An encoder so far, and what it needs to go on."""

    encoder: Encoder
    optimizer: torch.optim.Adam
    draws: Tensor  # state of the generator


class Decoders(NamedTuple):
    before: LinearGaussian
    rotated: LinearGaussian


@memo
def decoders(latents: int, rotation: int) -> Decoders:
    before = fitted(digits()[0].images.flatten(1), latents)
    return Decoders(before, rotated(before, paired_rotation(latents, rotation)))


@memo
@torch.enable_grad()
def course(lesson: Lesson, part: int) -> Course:
    """After that many of ``PARTS`` parts of the training; the rate falls to 1 % of its start."""
    given, each = digits()[0].images.flatten(1), lesson.steps // PARTS
    if not part:
        encoder = seeded(lambda: Encoder(given.shape[1], lesson.hidden, lesson.latents), lesson.seed)
        optimizer = torch.optim.Adam(encoder.parameters(), RATE, fused=True)
        return Course(encoder, optimizer, generator(lesson.seed + 1).get_state())
    decoder, before = decoders(lesson.latents, lesson.rotation).rotated, course(lesson, part - 1)
    encoder, optimizer = copy.deepcopy((before.encoder, before.optimizer))
    draws = torch.Generator()
    draws.set_state(before.draws)
    for step in range(each * (part - 1), each * part):
        optimizer.param_groups[0]["lr"] = RATE * (1 - 0.99 * step / lesson.steps)
        batch = given[torch.randint(len(given), (BATCH,), generator=draws)]
        loss = -bound(decoder, batch, encoder(batch)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return Course(encoder, optimizer, draws.get_state())


@memo
@torch.enable_grad()
def improved(lesson: Lesson) -> tuple[Posterior, dict[str, Tensor]]:
    """Posteriors optimised per digit, and the mean gap over SAMPLES with samples of each posterior."""
    decoder, x = decoders(lesson.latents, lesson.rotation).rotated, digits()[1].images.flatten(1)
    with torch.no_grad():
        q = course(lesson, PARTS).encoder(x)
    better = optimised(decoder, x, q, REFINED)
    prior = Posterior(torch.zeros_like(q.mean), torch.zeros_like(q.mean))
    likelihood, found = log_likelihood(decoder, x), dict[str, Tensor]()
    for name, each in {ENCODER: q, OPTIMISED: better, PRIOR: prior}.items():
        weights = log_weights(decoder, x, each, noise_of(lesson))  # (S, B)
        found[name] = torch.stack([(likelihood - importance_bound(weights[:s])).mean() for s in SAMPLES])
    return better, found


def noise_of(lesson: Lesson) -> Tensor:
    """Of every sample, of digits and latents.  (S, B, Z)"""
    digits_tried = len(digits()[1].labels)
    return torch.randn(SAMPLES[-1], digits_tried, lesson.latents, generator=generator(lesson.seed + 2))
