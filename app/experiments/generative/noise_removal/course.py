"""Two denoising autoencoders in training, part by part: one of points with a known density, one of digits."""

import copy
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.denoising_autoencoder import DenoisingAutoencoder, corrupted, denoising_error
from models.generative.mixtures import Mixture, ring, sample
from models.seeding import generator, seeded

PARTS = 5
MODES, RADIUS, DEVIATION = 5, 1.5, 0.15

World = Literal["plane", "digits"]
Target = Literal["the clean input", "the noisy input", "the clean input plus other noise"]
Activation = Literal["tanh", "silu", "none"]


class Setting(NamedTuple):
    """How a network of one of the two worlds is built and trained."""

    inputs: int
    hidden: int
    batch: int
    steps: int
    rate: float


SETTINGS: dict[World, Setting] = {
    "plane": Setting(2, 64, 256, 700, 1e-2),
    "digits": Setting(64, 128, 128, 400, 3e-3),
}


class Lesson(NamedTuple):
    """What a network is to learn and how; hashable."""

    world: World
    sigma: float
    target: Target
    activation: Activation
    longer: int
    seed: int


class Course(NamedTuple):
    """A network so far, and what it needs to go on."""

    network: DenoisingAutoencoder
    optimizer: torch.optim.Adam
    draws: Tensor  # state of the generator


def mixture_of() -> Mixture:
    return ring(MODES, RADIUS, DEVIATION)


def _clean_batch(world: World, batch: int, draws: torch.Generator) -> Tensor:
    """(B, D)"""
    if world == "plane":
        return sample(mixture_of(), batch, draws)[0]
    given = digits()[0].images.flatten(1)
    return given[torch.randint(len(given), (batch,), generator=draws)]


def _batch_loss(lesson: Lesson, network: DenoisingAutoencoder, draws: torch.Generator) -> Tensor:
    x = _clean_batch(lesson.world, SETTINGS[lesson.world].batch, draws)  # (B, D)
    first, second = (torch.randn(x.shape, generator=draws) for _ in range(2))  # (B, D)
    noisy = corrupted(x, first, lesson.sigma)  # (B, D)
    target = {
        "the clean input": x, "the noisy input": noisy,
        "the clean input plus other noise": corrupted(x, second, lesson.sigma),
    }[lesson.target]  # fmt: skip
    return denoising_error(target, network(noisy)[0])


@memo
@torch.enable_grad()  # whoever only measures with a network may be the first to ask for it
def course(lesson: Lesson, part: int) -> Course:
    """After that many parts of the training; the rate falls to zero over the last three quarters."""
    setting = SETTINGS[lesson.world]
    if not part:
        network = seeded(lambda: DenoisingAutoencoder(setting.inputs, setting.hidden, lesson.activation), lesson.seed)
        adam = torch.optim.Adam(network.parameters(), setting.rate, fused=True)
        return Course(network, adam, generator(lesson.seed + 1).get_state())
    before = course(lesson, part - 1)
    network, optimizer = copy.deepcopy((before.network, before.optimizer))
    draws = torch.Generator()
    draws.set_state(before.draws)
    steps = setting.steps * lesson.longer
    for step in range((part - 1) * steps // PARTS, part * steps // PARTS):
        optimizer.param_groups[0]["lr"] = setting.rate * min(1.0, (1 - step / steps) / 0.75)
        optimizer.zero_grad(set_to_none=True)
        _batch_loss(lesson, network, draws).backward()
        optimizer.step()
    return Course(network, optimizer, draws.get_state())
