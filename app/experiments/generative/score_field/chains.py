"""The learned score and the exact one: chains that follow either, and how far they are apart."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.generative.known_mixture import ALPHA_BAR, SIGMAS, Lesson, course, mixture_of, noise_at, step_at
from app.experiments.memo import memo
from models.generative.langevin import annealed, geometric_levels
from models.generative.mixtures import Mixture, sample, score, smoothed
from models.generative.noise_network import unscaled_score
from models.seeding import generator

HIGHEST, LOWEST, EPSILON, CHAINS, SPREAD = 3.0, 0.1, 0.003, 1000, 3.0
"""Noise of the first and the last level, ε of the step size, chains, and the deviation that they start with."""

TEST_POINTS = 2000
GAP = 0.35
"""Of the distance between the modes: the side of the square between them in which errors are measured."""

Order = Literal["from high to low noise", "lowest level only"]


class Errors(NamedTuple):
    """Mean squared error of the learned score over the mean square of the exact one, at one level."""

    at_the_data: float
    between: float


@torch.no_grad()
def learned_score(lesson: Lesson, part: int, x: Tensor, sigma: float) -> Tensor:
    """Of data with noise of about σ: that of the closest step."""
    t = step_at(sigma)
    noise = noise_at(course(lesson, part).network, lesson.clock, ALPHA_BAR[t] ** 0.5 * x, t)
    return unscaled_score(noise, SIGMAS[t])


def exact_score(mixture: Mixture, x: Tensor, sigma: float) -> Tensor:
    return score(smoothed(mixture, SIGMAS[step_at(sigma)]), x)


def levels_of(order: Order, levels: int) -> list[float]:
    return [LOWEST] * levels if order == "lowest level only" else geometric_levels(HIGHEST, LOWEST, levels)


@memo
def chains_of(lesson: Lesson, part: int, exact: bool, order: Order, levels: int, steps: int) -> Tensor:
    """The chains before the first level and after each, (L + 1, N, 2)."""
    draws, mixture = generator(lesson.seed + 1), mixture_of(lesson)
    start = SPREAD * torch.randn(CHAINS, 2, generator=draws)
    led = (lambda x, s: exact_score(mixture, x, s)) if exact else lambda x, s: learned_score(lesson, part, x, s)
    return torch.stack(list(annealed(led, start, levels_of(order, levels), steps, EPSILON, draws)))


@memo
def errors_at(lesson: Lesson, part: int, sigma: float) -> Errors:
    """At points of the noisy data, and in a square half way between the modes."""
    draws, mixture = generator(lesson.seed + 2), mixture_of(lesson)
    noisy, _ = sample(smoothed(mixture, SIGMAS[step_at(sigma)]), TEST_POINTS, draws)
    between = GAP * lesson.apart * (torch.rand(TEST_POINTS, 2, generator=draws) - 0.5)
    found = []
    for x in (noisy, between):
        exact = exact_score(mixture, x, sigma)
        off = learned_score(lesson, part, x, sigma) - exact
        found.append((off.square().sum() / exact.square().sum()).item())
    return Errors(*found)
