"""Networks that learn the noise on a known mixture in about a second: in parts, so that a page can show each."""

import copy
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.generative.diffusion import q_sample
from models.generative.mixtures import Mixture, ring, sample, two_modes
from models.generative.noise_network import NoiseNetwork, bound_weight, noise_loss
from models.generative.noise_schedule import alpha_bars, linear_betas
from models.seeding import generator, seeded

T = 100
ALPHA_BAR = alpha_bars(linear_betas(T, 1e-3, 0.2)).float()
"""ᾱ_t for t = 0 … 100: the linear schedule, ten times as steep as that of 1000 steps."""

SIGMAS = ((1 - ALPHA_BAR) / ALPHA_BAR).sqrt()
"""σ_t, the same noise on data that are not scaled down; 0 … 221."""

PARTS, BATCH, RATE = 10, 256, 1e-2
Clock = Literal["log of signal to noise", "step number", "shuffled within the batch"]
Weighting = Literal["equal", "of the bound"]
Target = Literal["the noise that was added", "noise sampled again"]


class Lesson(NamedTuple):
    """What a network is to learn and how; hashable."""

    apart: float  # distance of two modes; 0 for the ring of eight
    share: float  # of the left one
    seed: int
    clock: Clock = "log of signal to noise"
    weighting: Weighting = "equal"
    target: Target = "the noise that was added"
    steps: int = 1000


class Course(NamedTuple):
    """A network so far, and what it needs to go on."""

    network: NoiseNetwork
    optimizer: torch.optim.Adam
    draws: Tensor  # state of the generator
    losses: Tensor  # mean loss of each of this part's batches


def mixture_of(lesson: Lesson) -> Mixture:
    return two_modes(lesson.apart, lesson.share) if lesson.apart else ring(8, 1.4, 0.12)


def told(clock: Clock, t: Tensor) -> Tensor:
    """What the network is told of step t, from 0 to 100: both clocks rise with t.  (…) → (…)"""
    if clock == "step number":
        return t.float()
    level = torch.log(ALPHA_BAR[1:] / (1 - ALPHA_BAR[1:]))  # (T,)
    return (T * (level[0] - level) / (level[0] - level[-1]))[t - 1]


def _batch_loss(lesson: Lesson, network: NoiseNetwork, draws: torch.Generator) -> Tensor:
    x0, _ = sample(mixture_of(lesson), BATCH, draws)  # (B, 2)
    t = torch.randint(1, T + 1, (BATCH,), generator=draws)  # (B,)
    noise = torch.randn(BATCH, 2, generator=draws)  # (B, 2)
    x = q_sample(x0, ALPHA_BAR[t, None], noise)  # (B, 2)
    if lesson.target == "noise sampled again":
        noise = torch.randn(BATCH, 2, generator=draws)  # (B, 2)
    clock = told(lesson.clock, t)  # (B,)
    if lesson.clock == "shuffled within the batch":
        clock = clock[torch.randperm(BATCH, generator=draws)]
    loss = noise_loss(network(x, clock)[0], noise)  # (B,)
    if lesson.weighting == "of the bound":
        every = bound_weight(ALPHA_BAR[1:], ALPHA_BAR[:-1])  # (T,)
        loss = loss * (every / every.mean())[t - 1]
    return loss.mean()


@memo
@torch.enable_grad()  # whoever only measures with a network may be the first to ask for it
def course(lesson: Lesson, part: int) -> Course:
    """After that many parts of the training; the rate falls to zero over the second half."""
    if not part:
        network = seeded(NoiseNetwork, lesson.seed)
        return Course(
            network, torch.optim.Adam(network.parameters(), RATE), generator(lesson.seed).get_state(), torch.zeros(0)
        )
    before = course(lesson, part - 1)
    network, optimizer = copy.deepcopy((before.network, before.optimizer))
    draws = torch.Generator()
    draws.set_state(before.draws)
    each, losses = lesson.steps // PARTS, []
    for step in range((part - 1) * each, part * each):
        optimizer.param_groups[0]["lr"] = RATE * min(1.0, 2 * (1 - step / lesson.steps))
        optimizer.zero_grad(set_to_none=True)
        loss = _batch_loss(lesson, network, draws)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return Course(network, optimizer, draws.get_state(), torch.stack(losses))


def networks(lesson: Lesson) -> Iterator[tuple[int, NoiseNetwork]]:
    """The parts done and the network after each, the last one trained."""
    for part in range(PARTS + 1):
        yield part, course(lesson, part).network


@torch.no_grad()
def noise_at(network: NoiseNetwork, clock: Clock, x: Tensor, t: int) -> Tensor:
    """ε̂(x_t, t) of points at one step.  (…, 2) → (…, 2)"""
    flat = x.reshape(-1, 2)
    c = told("log of signal to noise" if clock == "shuffled within the batch" else clock, torch.full((len(flat),), t))
    return network(flat, c)[0].reshape(x.shape)


def step_at(sigma: float) -> int:
    """The step whose noise is closest to σ, in the logarithm."""
    return 1 + int((SIGMAS[1:].log() - torch.tensor(sigma).log()).abs().argmin())
