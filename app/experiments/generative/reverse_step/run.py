"""Steps back through the noise of a known mixture: the true step, the learned mean, and whole chains of steps."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.known_mixture import ALPHA_BAR, PARTS, Clock, Lesson, T, course, mixture_of, noise_at
from app.experiments.live_training import PAUSE_SECONDS
from app.experiments.memo import memo
from models.generative.diffusion import ReverseStep, ddpm_step, ddpm_step_beta, mean_step, predicted_x0
from models.generative.exact_reverse import (
    along,
    density_along,
    exact_step,
    fixed_stride,
    matched_gaussian,
    total_variation,
    undecided_point,
    uneven,
)
from models.generative.mixtures import Mixture, noised, posterior_mean, responsibilities
from models.generative.noise_schedule import strided
from models.parameter_count import parameter_count
from models.seeding import generator

SAMPLES, COUNTS = 1000, (5, 10, 20, 50, 100)
ERROR_STEP, ERROR_POINTS = 15, 20_000
LINE = torch.linspace(-2.6, 2.6, 521)
CELL = (LINE[1] - LINE[0]).item()

Stride = Literal["one step", "half way", "the whole way"]
Start = Literal["between the modes", "in the left mode"]
Variance = Literal["β̃, the smaller", "β, the larger", "none: noise left out"]
STEPS: dict[Variance, ReverseStep] = {
    "β̃, the smaller": ddpm_step,
    "β, the larger": ddpm_step_beta,
    "none: noise left out": mean_step,
}
Spacing = Literal["even", "uneven"]
Earlier = Literal["the next in the list", "a fixed stride back"]


class ReverseStepControls(Controls):
    at: int = Field(20, ge=2, le=T, title="Step t")
    stride: Stride = Field("one step", title="How far the step goes back")
    start: Start = Field("between the modes", title="Where the point lies at t")
    steps: Literal[5, 10, 20, 50, 100] = Field(20, title="Steps of a whole chain")
    variance: Variance = Field("β̃, the smaller", title="Variance of the new noise")
    spacing: Spacing = Field("uneven", title="Spacing of the steps")
    earlier: Earlier = Field("the next in the list", title="ᾱ of the earlier step is that of", json_schema_extra=MORE)
    apart: float = Field(2.4, ge=0.8, le=3.2, multiple_of=0.4, title="Distance of the modes", json_schema_extra=MORE)
    clock: Clock = Field(
        "log of signal to noise", title="What the network is told of t in training", json_schema_extra=MORE
    )


class StepBack(NamedTuple):
    """The true density of x_s given x_t along the line through the modes, and the Gaussian that is closest."""

    name: str
    earlier: int  # s
    exact: Tensor  # (G,)
    gaussian: Tensor  # (G,)
    distance: float  # total variation


class ReverseStepResult(NamedTuple):
    controls: ReverseStepControls
    mixture: Mixture
    part: int  # of the training, done
    x: Tensor  # (2,) the point at t
    backs: list[StepBack]
    along_exact: Tensor  # (G, 2) E[x_0 | x_t] on the line
    along_learned: Tensor  # (G, 2)
    error_undecided: Tensor  # () mean squared error of the learned mean where each mode has 20 to 80 %
    error_decided: Tensor  # () where one has over 98 %
    spreads: dict[Variance, Tensor]  # variance of the new noise → (counts,) spread of the samples over that of the data
    parameters: int


def times_of(spacing: Spacing, steps: int) -> list[int]:
    return strided(T, steps) if spacing == "even" else uneven(T, steps)


@memo
@torch.no_grad()
def spread_of(lesson: Lesson, part: int, steps: int, variance: Variance, spacing: Spacing, earlier: Earlier) -> Tensor:
    """Deviation of the samples across the line of the modes, over that of the data.  → ()"""
    network, mixture, draws = course(lesson, part).network, mixture_of(lesson), generator(lesson.seed + 4)
    times = times_of(spacing, steps)
    told = times[1:] if earlier == "the next in the list" else fixed_stride(times)
    x = torch.randn(SAMPLES, 2, generator=draws)
    for t, s in zip(times, told):
        a, b = ALPHA_BAR[t].item(), ALPHA_BAR[s].item()
        x0 = predicted_x0(x, noise_at(network, lesson.clock, x, t), a)
        x = STEPS[variance](x, x0, torch.randn(x.shape, generator=draws), a, b)
    return x[:, 1].std() / mixture.variances[0].sqrt()


@memo
def errors_of(lesson: Lesson, part: int) -> tuple[Tensor, Tensor]:
    """Mean squared error of the learned E[x_0 | x_t] at one step: where the mode is undecided, and where it is not."""
    mixture, a = mixture_of(lesson), ALPHA_BAR[ERROR_STEP].item()
    half = torch.tensor([lesson.apart / 2 + 0.4, 0.8])
    x = half * (2 * torch.rand(ERROR_POINTS, 2, generator=generator(lesson.seed + 5)) - 1)
    noise = noise_at(course(lesson, part).network, lesson.clock, x, ERROR_STEP)
    error = (predicted_x0(x, noise, a) - posterior_mean(mixture, x, a)).square().sum(-1)
    left = responsibilities(noised(mixture, a), x)[:, 0]
    return error[(left > 0.2) & (left < 0.8)].mean(), error[(left < 0.02) | (left > 0.98)].mean()


def step_back(name: str, mixture: Mixture, x: Tensor, t: int, s: int) -> StepBack:
    true = along(exact_step(mixture, x, ALPHA_BAR[t].item(), ALPHA_BAR[s].item()))
    exact, gaussian = density_along(true, LINE), density_along(matched_gaussian(true), LINE)
    return StepBack(name, s, exact, gaussian, total_variation(exact, gaussian, CELL).item())


def point_of(controls: ReverseStepControls, mixture: Mixture) -> Tensor:
    a, share = ALPHA_BAR[controls.at].item(), mixture.weights[0].item()
    if controls.start == "in the left mode":
        return a**0.5 * mixture.means[0]
    return torch.tensor([undecided_point(controls.apart, share, mixture.variances[0].item(), a), 0.0])


def run(controls: ReverseStepControls, device: str) -> Iterator[ReverseStepResult]:
    """On the CPU whatever the device: the network has 5,506 weights."""
    lesson = Lesson(controls.apart, 0.8, controls.seed, controls.clock)
    given = -PAUSE_SECONDS
    for part in range(1, PARTS + 1):
        course(lesson, part)
        if part == PARTS or time.perf_counter() - given > PAUSE_SECONDS:
            yield _result(controls, lesson, part)
            given = time.perf_counter()


def _result(c: ReverseStepControls, lesson: Lesson, part: int) -> ReverseStepResult:
    mixture, network, t = mixture_of(lesson), course(lesson, part).network, c.at
    x, a = point_of(c, mixture), ALPHA_BAR[t].item()
    strides = {"one step": t - 1, "half way": t // 2, "the whole way": 0}
    line = torch.stack([LINE, torch.zeros_like(LINE)], dim=-1)  # (G, 2)
    spreads = {
        variance: torch.stack([spread_of(lesson, part, n, variance, c.spacing, c.earlier) for n in COUNTS])
        if part == PARTS else torch.full((len(COUNTS),), torch.nan)  # the chains wait for the training
        for variance in STEPS
    }  # fmt: skip
    return ReverseStepResult(
        c, mixture, part, x, [step_back(name, mixture, x, t, s) for name, s in strides.items()],
        posterior_mean(mixture, line, a), predicted_x0(line, noise_at(network, lesson.clock, line, t), a),
        *errors_of(lesson, part), spreads, parameter_count(network),
    )  # fmt: skip


def measure(result: ReverseStepResult) -> Measurements:
    distances = {back.name: back.distance for back in result.backs}
    within = COUNTS.index(result.controls.steps)
    undecided, decided = result.error_undecided, result.error_decided
    return {
        "distance_to_gaussian": distances[result.controls.stride],
        "distance_of_one_step": distances["one step"],
        "distance_of_the_whole_way": distances["the whole way"],
        "error_share_undecided_percent": (100 * undecided / (undecided + decided)).item(),
        "error_undecided_over_decided": (undecided / decided).item(),
        "error_where_decided": decided.item(),
        "spread_over_true": result.spreads[result.controls.variance][within].item(),
        "spread_with_smaller": result.spreads["β̃, the smaller"][within].item(),
        "spread_with_larger": result.spreads["β, the larger"][within].item(),
        "spread_without_noise": result.spreads["none: noise left out"][within].item(),
        "distance_of_the_modes": result.controls.apart,
    }
