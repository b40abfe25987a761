"""Trainings of the small machine on bars and stripes, by the exact gradient and by CD-k."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.bars_and_stripes import bars_and_stripes, uniform_over
from models.energy.boltzmann import all_states, frequencies, state_number
from models.energy.contrastive_divergence import Parameters, ascended, chain, contrast
from models.energy.exact_gradient import (
    gradient,
    mean_field_step,
    visible_probabilities,
)
from models.seeding import generator

SIDE, HIDDEN, TRAININGS = 3, 6, 6
"""The trainings are side by side, from starts of their own; numbers are means over them."""

EXACT_RATE = 0.5
"""Of the weights at which the bias is measured."""

RATE, CD_STEPS, NOTED = 0.7, 1500, 15
"""Of the trainings that are compared: by CD-k and by the exact gradient."""

LONGEST = 30
Start = Literal["at the data", "at the data, one pixel flipped", "at noise"]
Units = Literal["samples", "probabilities"]


class Course(NamedTuple):
    """Log-likelihoods of a training, nats per image, at even distances."""

    steps: list[int]
    likelihoods: Tensor  # (noted, R)


def images() -> Tensor:
    """The 14 bars and stripes, (14, 9)."""
    return all_states(SIDE**2)[bars_and_stripes(SIDE)]


def started(seed: int) -> Parameters:
    draws, pixels = generator(seed), SIDE**2
    W = 0.1 * torch.randn(TRAININGS, pixels, HIDDEN, generator=draws)
    return Parameters(W, torch.zeros(TRAININGS, 1, pixels), torch.zeros(TRAININGS, 1, HIDDEN))


def likelihood(theta: Parameters) -> Tensor:
    """Mean log-likelihood of the images, nats, of each training.  → (R,)"""
    return visible_probabilities(theta)[:, bars_and_stripes(SIDE)].clamp_min(1e-38).log().mean(-1)


@memo
def exactly_trained(seed: int, steps: int) -> Parameters:
    theta, d = started(seed), uniform_over(bars_and_stripes(SIDE))
    for _ in range(steps):
        theta = ascended(theta, gradient(d, visible_probabilities(theta), theta), EXACT_RATE)
    return theta


def beginnings(start: Start, draws: torch.Generator | None = None, rows: Tensor | None = None) -> Tensor:
    """Where chains start: as probabilities of all images (512,), or, with ``rows``, sampled in their shape."""
    v = images() if rows is None else rows
    if start == "at noise":
        return torch.full((2**SIDE**2,), 0.5**SIDE**2) if rows is None else _noise(v, draws)
    if start == "at the data":
        return uniform_over(bars_and_stripes(SIDE)) if rows is None else v
    if rows is None:
        flipped = (v[:, None] - torch.eye(SIDE**2)).abs()  # (14, 9, 9) each pixel of each image in turn
        return frequencies(state_number(flipped), 2**SIDE**2)
    chosen = torch.randint(SIDE**2, (*v.shape[:-1], 1), generator=draws)
    return v.scatter(-1, chosen, 1 - v.gather(-1, chosen))


def _noise(like: Tensor, draws: torch.Generator | None) -> Tensor:
    return torch.bernoulli(torch.full_like(like, 0.5), generator=draws)


@memo
def learned(seed: int, k: int, start: Start, units: Units, copies: int) -> Course:
    """A training by CD-k with sampled chains; ``k`` = 0 is the exact gradient."""
    theta, draws, d = started(seed), generator(seed + 1), uniform_over(bars_and_stripes(SIDE))
    data = images().repeat(copies, 1).expand(TRAININGS, -1, -1)
    steps, noted = [0], [likelihood(theta)]
    for step in range(1, CD_STEPS + 1):
        if k == 0:
            slope = gradient(d, visible_probabilities(theta), theta)
        else:
            v = beginnings(start, draws, data)
            if units == "samples":
                v = chain(v, theta, k, draws)
            else:
                for _ in range(k):
                    v = mean_field_step(v, theta)
            slope = contrast(data, v, theta)
        theta = ascended(theta, slope, RATE)
        if step % (CD_STEPS // NOTED) == 0:
            steps.append(step)
            noted.append(likelihood(theta))
    return Course(steps, torch.stack(noted))
