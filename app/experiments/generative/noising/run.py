"""Noise is added to one pixel and one digit: in t small steps, in one jump, and under three schedules."""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.data.digits import digits
from models.generative.diffusion import Level, q_sample, q_step
from models.generative.distances import kolmogorov_smirnov
from models.generative.noise_schedule import (
    alpha_bars,
    cosine_betas,
    linear_betas,
    scaled_linear_betas,
    signal_to_noise,
)
from models.seeding import generator, normal

SCHEDULES: dict[str, Callable[[int], Tensor]] = {
    "linear": linear_betas,
    "cosine": cosine_betas,
    "scaled linear": scaled_linear_betas,
}
DRAWS = 4000
STOPS = 21
COLUMNS = 9
VALUES = torch.linspace(-4, 4, 97)


def add_only(x: Tensor, beta: Level, noise: Tensor) -> Tensor:
    """x_{t−1} + √β_t ε: noise is added and the old value is not shrunk."""
    return x + beta**0.5 * noise


RULES: dict[str, Callable[[Tensor, Level, Tensor], Tensor]] = {"shrink, then add": q_step, "only add": add_only}


class NoisingControls(Controls):
    schedule: Literal["linear", "cosine", "scaled linear"] = Field("linear", title="Schedule")
    at: int = Field(40, ge=5, le=100, multiple_of=5, title="Jump to", description="Per cent of all steps")
    length: int = Field(1000, ge=50, le=1000, multiple_of=50, title="Number of steps, T")
    rule: Literal["shrink, then add", "only add"] = Field("shrink, then add", title="What one step does")
    pixel: float = Field(1.0, ge=-1, le=1, multiple_of=0.1, title="Pixel at t = 0", description="−1 paper, 1 ink")
    digit: int = Field(3, ge=0, le=9, title="Digit")


class NoisingResult(NamedTuple):
    schedule: str
    shrinks: bool
    t: int  # where the jump lands
    alpha_bars: dict[str, Tensor]  # schedule → (T + 1,)
    times: tuple[int, ...]  # S stops from 0 to T
    stepped: Tensor  # (S, N) draws of the pixel after so many single steps
    jumped: Tensor  # (N,) draws of the pixel after one jump to t
    values: Tensor  # (V,)
    densities: Tensor  # (S, V) of the jump at every stop
    jump: tuple[float, float]  # mean and variance that the formula gives at t
    film_times: tuple[int, ...]  # C times
    image: Tensor  # (N, N) the digit
    noises: Tensor  # (C, N, N) the same for all schedules
    film: Tensor  # (schedules, C, N, N) the digit at those times
    film_ratios: Tensor  # (schedules, C) signal to noise of those images


def _walk(controls: NoisingControls, betas: Tensor, times: tuple[int, ...]) -> Tensor:
    """The pixel, many times over, step by step, kept at `times`.  (S, N)"""
    step, draws = RULES[controls.rule], generator(controls.seed)
    x, kept = torch.full((DRAWS,), controls.pixel), []
    for t in range(times[-1] + 1):
        if t > 0:
            x = step(x, betas[t - 1].item(), torch.randn(DRAWS, generator=draws))
        if t in times:
            kept.append(x)
    return torch.stack(kept)


def film_of(
    controls: NoisingControls, image: Tensor, noises: Tensor, betas: Tensor, times: tuple[int, ...]
) -> tuple[Tensor, Tensor]:
    """A digit (N, N) with noises (C, N, N) at every time, and its signal to noise (C,)."""
    if controls.rule == "only add":
        added = torch.stack([betas[:t].sum() for t in times])
        return add_only(image, added[:, None, None].float(), noises), 1 / added
    level = alpha_bars(betas)[list(times)]
    return q_sample(image, level[:, None, None].float(), noises), signal_to_noise(level)


@torch.inference_mode()
def run(controls: NoisingControls, device: str) -> NoisingResult:
    T = controls.length
    betas = {name: schedule(T) for name, schedule in SCHEDULES.items()}
    levels = {name: alpha_bars(each) for name, each in betas.items()}
    times = tuple(round(T * stop / (STOPS - 1)) for stop in range(STOPS))
    film_times = tuple(round(T * column / (COLUMNS - 1)) for column in range(COLUMNS))
    t, level = round(T * controls.at / 100), levels[controls.schedule]
    mean, deviation = level.sqrt() * controls.pixel, (1 - level).sqrt()
    spread = deviation[list(times), None].clamp(min=0.01)
    offsets = (VALUES - mean[list(times), None]) / spread
    densities = torch.exp(-offsets.square() / 2) / (spread * math.sqrt(2 * math.pi))
    learned, _ = digits()
    image = learned.images[learned.labels == controls.digit][controls.seed % 100, 0]
    noises = normal(COLUMNS, 8, 8, seed=controls.seed)
    films = [film_of(controls, image, noises, each, film_times) for each in betas.values()]
    return NoisingResult(
        schedule=controls.schedule,
        shrinks=controls.rule == "shrink, then add",
        t=t,
        alpha_bars=levels,
        times=times,
        stepped=_walk(controls, betas[controls.schedule], times),
        jumped=q_sample(torch.full((DRAWS,), controls.pixel), level[t].item(), normal(DRAWS, seed=controls.seed + 1)),
        values=VALUES,
        densities=densities.float(),
        jump=(mean[t].item(), deviation[t].item() ** 2),
        film_times=film_times,
        image=image,
        noises=noises,
        film=torch.stack([images for images, _ in films]),
        film_ratios=torch.stack([ratios for _, ratios in films]),
    )


def measure(result: NoisingResult) -> Measurements:
    level = result.alpha_bars[result.schedule]
    T = len(level) - 1
    stepped = result.stepped[result.times.index(result.t)]
    return {
        "largest_cumulative_gap": kolmogorov_smirnov(stepped, result.jumped).item(),
        "stepped_mean": stepped.mean().item(),
        "formula_mean": result.jump[0],
        "stepped_variance": stepped.var().item(),
        "formula_variance": result.jump[1],
        "signal_to_noise_at_t": signal_to_noise(level)[result.t].item(),
        "signal_to_noise_half_way": signal_to_noise(level)[T // 2].item(),
        "half_gone_percent": 100 * int((level >= 0.5).sum()) / T,
        "signal_left_share": level[-1].sqrt().item(),
    }
