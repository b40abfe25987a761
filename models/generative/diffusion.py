"""Denoising diffusion: the forward process, its posterior, and the steps that run it backwards.

Papers: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", sections 2 and 3;
Song, Meng & Ermon 2021, "Denoising Diffusion Implicit Models", section 4;
Nichol & Dhariwal 2021, "Improved Denoising Diffusion Probabilistic Models", section 4 (strides);
Salimans & Ho 2022, "Progressive Distillation for Fast Sampling of Diffusion Models", section 4 (velocity);
Ho & Salimans 2022, "Classifier-Free Diffusion Guidance", section 3.2.

Every step goes from time t to an earlier time s; s = t − 1 is the paper's chain, s < t − 1 a stride over it.

Symbols
    x_0  data        x_t  data after t steps of noise        ε  standard normal noise
    a = ᾱ_t  share of the data's variance left at t          b = ᾱ_s ≥ a, the same at s
    β = 1 − a/b  variance added between s and t              B  batch
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

Level = Tensor | float
NoisePredictor = Callable[[Tensor, int], Tensor]


class Reverse(NamedTuple):
    """One stop of the way back: x at time t and what the network makes of it."""

    t: int
    x: Tensor  # (B, ...)
    x0: Tensor  # (B, ...) the data that x looks like
    noise: Tensor  # (B, ...) what is left of x without it
    fresh: Tensor  # (B, ...) what the step from here may add


ReverseStep = Callable[[Tensor, Tensor, Tensor, Level, Level], Tensor]


def q_step(x: Tensor, beta: Level, noise: Tensor) -> Tensor:
    """q(x_t | x_{t−1}) = N(√(1 − β_t) x_{t−1}, β_t I).  Ho et al., equation 2."""
    return (1 - beta) ** 0.5 * x + beta**0.5 * noise


def q_sample(x0: Tensor, a: Level, noise: Tensor) -> Tensor:
    """q(x_t | x_0) = N(√ᾱ_t x_0, (1 − ᾱ_t) I): any t in one jump.  Ho et al., equation 4."""
    return a**0.5 * x0 + (1 - a) ** 0.5 * noise


def predicted_x0(x: Tensor, noise: Tensor, a: Level) -> Tensor:
    """x̂_0 = (x_t − √(1 − ᾱ_t) ε) / √ᾱ_t: equation 4 solved for x_0.  Song et al., equation 9."""
    return (x - (1 - a) ** 0.5 * noise) / a**0.5


def implied_noise(x: Tensor, x0: Tensor, a: Level) -> Tensor:
    """ε = (x_t − √ᾱ_t x_0) / √(1 − ᾱ_t): equation 4 solved for ε."""
    return (x - a**0.5 * x0) / (1 - a) ** 0.5


def velocity(x0: Tensor, noise: Tensor, a: Level) -> Tensor:
    """v = √ᾱ_t ε − √(1 − ᾱ_t) x_0.  Salimans & Ho, section 4; unlike ε it still tells x_0 where ᾱ_t → 0."""
    return a**0.5 * noise - (1 - a) ** 0.5 * x0


def noise_from_velocity(x: Tensor, v: Tensor, a: Level) -> Tensor:
    """ε = √(1 − ᾱ_t) x_t + √ᾱ_t v."""
    return (1 - a) ** 0.5 * x + a**0.5 * v


def posterior_mean(x: Tensor, x0: Tensor, a: Level, b: Level) -> Tensor:
    """μ̃ = √ᾱ_s β/(1 − ᾱ_t) x_0 + √(1 − β) (1 − ᾱ_s)/(1 − ᾱ_t) x_t.  Ho et al., equation 7."""
    beta = 1 - a / b
    return (b**0.5 * beta * x0 + (1 - beta) ** 0.5 * (1 - b) * x) / (1 - a)


def posterior_variance(a: Level, b: Level) -> Level:
    """β̃ = (1 − ᾱ_s)/(1 − ᾱ_t) β.  Ho et al., equation 7; over strides Nichol & Dhariwal, section 4."""
    return (1 - b) / (1 - a) * (1 - a / b)


def ancestral_mean(x: Tensor, noise: Tensor, a: Level, b: Level) -> Tensor:
    """μ = (x_t − β/√(1 − ᾱ_t) ε) / √(1 − β): the posterior mean, told in noise.  Ho et al., equation 11."""
    beta = 1 - a / b
    return (x - beta / (1 - a) ** 0.5 * noise) / (1 - beta) ** 0.5


def ddpm_step(x: Tensor, x0: Tensor, fresh: Tensor, a: Level, b: Level) -> Tensor:
    """x_s = μ̃(x_t, x̂_0) + √β̃ z.  Ho et al., algorithm 2, with the smaller of its two variances."""
    return posterior_mean(x, x0, a, b) + posterior_variance(a, b) ** 0.5 * fresh


def ddpm_step_beta(x: Tensor, x0: Tensor, fresh: Tensor, a: Level, b: Level) -> Tensor:
    """x_s = μ̃(x_t, x̂_0) + √β z, the larger variance; none on the last step.  Ho et al., section 3.2."""
    return posterior_mean(x, x0, a, b) + ((1 - a / b) * (b < 1)) ** 0.5 * fresh


def mean_step(x: Tensor, x0: Tensor, fresh: Tensor, a: Level, b: Level) -> Tensor:
    """A known mistake: x_s = μ̃(x_t, x̂_0), the new noise of algorithm 2 left out."""
    return posterior_mean(x, x0, a, b)


def ddim_step(x: Tensor, x0: Tensor, fresh: Tensor, a: Level, b: Level, eta: float = 0.0) -> Tensor:
    """x_s = √ᾱ_s x̂_0 + √(1 − ᾱ_s − σ²) ε̂ + σ z,  σ² = η² β̃.  Song et al., equations 12 and 16.

    η = 0 draws nothing and is a function of x_T; η = 1 is `ddpm_step`.
    """
    variance = eta**2 * posterior_variance(a, b)
    noise = implied_noise(x, x0, a)
    return b**0.5 * x0 + (1 - b - variance) ** 0.5 * noise + variance**0.5 * fresh


def guided(conditional: Tensor, unconditional: Tensor, scale: float) -> Tensor:
    """ε̃ = ε(∅) + s (ε(c) − ε(∅)).  Ho & Salimans, equation 6, with s = 1 + w.

    s = 0 ignores the class, s = 1 is the plain conditional model, s > 1 goes beyond it.
    """
    return unconditional + scale * (conditional - unconditional)


def reverse(
    predict: NoisePredictor,
    x: Tensor,
    alpha_bar: Tensor,
    times: Sequence[int],
    step: ReverseStep,
    generator: torch.Generator,
    limit: float = float("inf"),
) -> Iterator[Reverse]:
    """Walk x from times[0] down to times[-1] and show every stop.  Ho et al., algorithm 2.

    Args:
        predict: (x_t, t) → ε̂, already guided; x: (B, ...) noise to start from.
        alpha_bar: (T + 1,); times: falling, as `noise_schedule.strided` gives them.
        step: `ddpm_step`, `ddim_step` or another; generator: on the CPU, draws the fresh noise.
        limit: x̂_0 is held within ± limit, and ε̂ made to agree with it.
    """
    for t, s in pairwise(times):
        a, b = alpha_bar[t].item(), alpha_bar[s].item()
        x0 = predicted_x0(x, predict(x, t), a).clamp(-limit, limit)
        fresh = torch.randn(x.shape, generator=generator).to(x)
        yield Reverse(t, x, x0, implied_noise(x, x0, a), fresh)
        x = step(x, x0, fresh, a, b)
    yield Reverse(times[-1], x, x, *torch.zeros(2, *x.shape).to(x))
