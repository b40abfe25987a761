"""Many estimates of one gradient, by two estimators, on the objective of a trained VAE or on a sine."""

from functools import partial
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import Drawing, example_number, read_drawing
from app.experiments.memo import memo
from models.generative.gradient_estimators import (
    Objective,
    best_baseline,
    pathwise,
    score_function,
    sine,
    sine_gradient,
    slopes,
    total_variance,
)
from models.generative.pretrained_networks import digit_vae
from models.generative.vae import log_likelihood
from models.seeding import generator

ESTIMATES, FITTED_ON, TRUTH_FROM = 2000, 2000, 40_000
OMEGAS = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0]
DIGIT = "a digit, decoded by the VAE"


class EstimatesControls(Controls):
    objective: Literal["a digit, decoded by the VAE", "a sine"] = Field(
        "a digit, decoded by the VAE", title="Objective"
    )
    omega: float = Field(1.0, ge=0.25, le=8, multiple_of=0.25, title="Frequency ω of the sine")
    samples: Literal[1, 4, 16, 64] = Field(1, title="Samples per estimate")
    drawing: Drawing = Field("example 0", title="Digit")
    through: Literal["the sample", "nothing: the sample is a constant"] = Field(
        "the sample", title="Backpropagation reaches μ through", json_schema_extra=MORE
    )


class EstimatesResult(NamedTuple):
    controls: EstimatesControls
    truth: Tensor  # (2,)
    pathwise: Tensor  # (N, 2)
    score: Tensor  # (N, 2) with the fitted baseline
    bare_score: Tensor  # (N, 2) without a baseline
    sigma: Tensor  # (2,)
    sweep: Tensor  # (2, W) total variance over ω at σ = 1, pathwise and score function with baseline
    parameters: int


class Posed(NamedTuple):
    """An objective under N(μ, σ² I)."""

    f: Objective
    mu: Tensor  # (2,)
    sigma: Tensor  # (2,)


def posed(controls: EstimatesControls) -> Posed:
    """The digit's own code, or a sine at 0 with σ = 1."""
    if controls.objective != DIGIT:
        return Posed(partial(sine, omega=controls.omega), torch.zeros(2), torch.ones(2))
    model = digit_vae()
    x = 2 * read_drawing(controls.drawing).flatten() - 1  # (64,)
    mean, log_variance = model.encode(x[None])
    return Posed(lambda z: log_likelihood(x, model.decode(z)), mean[0].detach(), (log_variance[0] / 2).exp().detach())


def estimated(problem: Posed, count: int, samples: int, draws: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """``count`` estimates (N, 2): pathwise, by the score function with a baseline fitted to other samples, and bare."""
    fitted_noise = torch.randn(FITTED_ON, 2, generator=draws)
    baseline = best_baseline(problem.f(problem.mu + problem.sigma * fitted_noise).detach(), fitted_noise)
    noise = torch.randn(count * samples, 2, generator=draws)
    value, slope = slopes(problem.f, problem.mu + problem.sigma * noise)
    found = (
        pathwise(slope),
        score_function(value, noise, problem.sigma, baseline),
        score_function(value, noise, problem.sigma),
    )
    through, with_baseline, bare = (each.view(count, samples, 2).mean(1) for each in found)
    return through, with_baseline, bare


@memo
def sine_sweep(seed: int) -> Tensor:
    """Total variance of single-sample estimates over ω, at σ = 1.  (2, W)"""
    rows = []
    for omega in OMEGAS:
        problem = Posed(partial(sine, omega=omega), torch.zeros(2), torch.ones(2))
        through, score, _ = estimated(problem, ESTIMATES, 1, generator(seed))
        rows.append(torch.stack([total_variance(through), total_variance(score)]))
    return torch.stack(rows, dim=1)


def run(controls: EstimatesControls, device: str) -> EstimatesResult:
    """On the CPU whatever the device: a small decoder and a few thousand samples."""
    problem, draws = posed(controls), generator(controls.seed)
    through, score, bare = estimated(problem, ESTIMATES, controls.samples, draws)
    if controls.through != "the sample":
        through = torch.zeros_like(through)
    if controls.objective == DIGIT:
        noise = torch.randn(TRUTH_FROM, 2, generator=generator(controls.seed + 1))
        both = torch.cat([noise, -noise])
        truth = slopes(problem.f, problem.mu + problem.sigma * both)[1].mean(0)
    else:
        truth = sine_gradient(problem.mu, 1.0, controls.omega)
    parameters = sum(each.numel() for each in digit_vae().parameters()) if controls.objective == DIGIT else 0
    return EstimatesResult(controls, truth, through, score, bare, problem.sigma, sine_sweep(controls.seed), parameters)


def crossing(sweep: Tensor) -> float:
    """The first ω at which the pathwise variance exceeds the other, on straight lines between the measured ones."""
    difference = (sweep[0] / sweep[1]).log()
    for at in range(len(OMEGAS) - 1):
        low, high = difference[at].item(), difference[at + 1].item()
        if low < 0 <= high:
            return OMEGAS[at] + (OMEGAS[at + 1] - OMEGAS[at]) * -low / (high - low)
    return float("nan")


def measure(result: EstimatesResult) -> Measurements:
    through, score, bare = (total_variance(each).item() for each in (result.pathwise, result.score, result.bare_score))
    length, example = result.truth.norm().item(), example_number(result.controls.drawing)
    return {
        "variance_ratio": through / score,
        "pathwise_variance": through,
        "score_variance": score,
        "bare_score_variance": bare,
        "baseline_gain": bare / score,
        "pathwise_bias_percent": 100 * (result.pathwise.mean(0) - result.truth).norm().item() / length,
        "score_bias_percent": 100 * (result.score.mean(0) - result.truth).norm().item() / length,
        "gradient_length": length,
        "crossing_omega": crossing(result.sweep),
        "example_number": -1 if example is None else example,
    }
