"""A mixture density network and one Gaussian learn a curve backwards: some inputs have three right answers."""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.generative.mixture_density import (
    MixtureTrace,
    drawn_network,
    inverse_points,
    log_mixture,
    log_normal,
    log_plain_sum,
    near_a_branch,
    sampled,
    true_density,
)
from models.parameter_count import parameter_count
from models.seeding import generator

LEARNED, HELD_OUT, UNITS, CURVE = 512, 3000, 32, 241
LEARNING_RATE = 0.005
SNAPSHOTS = 8
LOW, HIGH = -0.25, 1.25
WEIGHTY = 0.05
"""A component counts from this weight on."""

SUMS = {"logsumexp": log_mixture, "log of a plain sum": log_plain_sum}
STARTS = {"means spread, σ = 0.2": (1.0, 0.2), "means at 0, σ = 0.05": (0.0, 0.05)}


class AnswersControls(Controls):
    components: Literal[1, 2, 3, 5, 10] = Field(5, title="Components")
    x: float = Field(0.5, ge=0, le=1, multiple_of=0.05, title="Input x", description="Of the densities at the right")
    likelihood: Literal["logsumexp", "log of a plain sum"] = Field("logsumexp", title="How the likelihood is summed")
    start: Literal["means spread, σ = 0.2", "means at 0, σ = 0.05"] = Field(
        "means spread, σ = 0.2", title="Before training"
    )
    steps: int = Field(500, ge=100, le=1500, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class AnswersResult(NamedTuple):
    controls: AnswersControls
    progress: Progress[tuple[float, float]]  # held-out losses, nats per point: of the mixture, of one Gaussian
    finite: int  # steps whose loss was a number
    truth: float  # loss of the true density
    held_out: tuple[Tensor, Tensor]  # x (HELD_OUT, 1), y (HELD_OUT,)
    answers: Tensor  # (2, HELD_OUT) samples of y, of the mixture and of one Gaussian
    means: Tensor  # (2, HELD_OUT)
    y: Tensor  # (CURVE,)
    parts: Tensor  # (CURVE, K) log of each component's weight times its density at x
    pi: Tensor  # (K,) weights at x
    log_p: Tensor  # (CURVE,) of the mixture at x
    log_one: Tensor  # (CURVE,) of one Gaussian at x
    log_truth: Tensor  # (CURVE,)
    parameters: int


def log_p(trace: MixtureTrace, y: Tensor) -> Tensor:
    return log_mixture(trace.log_pi, log_normal(y, trace.mu, trace.sigma))


def run(controls: AnswersControls, device: str) -> Iterator[AnswersResult]:
    """On the CPU whatever the device: two networks of 32 units keep no other one busy."""
    c, likelihood = controls, SUMS[controls.likelihood]
    spread, width = STARTS[c.start]
    mixture = drawn_network(c.components, UNITS, c.seed, spread=spread, width=width)
    one = drawn_network(1, UNITS, c.seed + 3)
    x, y = inverse_points(LEARNED, generator(c.seed + 1))
    held_out = inverse_points(HELD_OUT, generator(c.seed + 2))
    optimizers = [torch.optim.Adam(model.parameters(), LEARNING_RATE, fused=True) for model in (mixture, one)]
    done = finite = 0

    def step() -> None:
        nonlocal done, finite
        for model, total, optimizer in zip((mixture, one), (likelihood, log_mixture), optimizers):
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * (1 + math.cos(math.pi * done / c.steps)) / 2
            trace = model(x)[1]
            loss = -total(trace.log_pi, log_normal(y, trace.mu, trace.sigma)).mean()
            finite += bool(torch.isfinite(loss)) if model is mixture else 0
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        done += 1

    @torch.no_grad()
    def evaluate() -> tuple[float, float]:
        first, second = (-log_p(model(held_out[0])[1], held_out[1]).mean().item() for model in (mixture, one))
        return first, second

    truth = -true_density(*held_out).mean().item()
    over = torch.linspace(LOW, HIGH, CURVE)
    at = torch.full((CURVE, 1), c.x)
    inside = (over >= 0) & (over <= 1)
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            drawn = [model(held_out[0]) for model in (mixture, one)]
            here, alone = mixture(at)[1], one(at)[1]
        yield AnswersResult(
            c, progress, finite, truth, held_out,
            torch.stack([sampled(trace, generator(c.seed + 4)) for _, trace in drawn]),
            torch.stack([mean for mean, _ in drawn]), over, here.log_pi + log_normal(over, here.mu, here.sigma),
            here.log_pi[0].exp(), log_p(here, over), log_p(alone, over),
            torch.where(inside, true_density(at, over), -torch.inf), parameter_count(mixture),
        )  # fmt: skip


def measure(result: AnswersResult) -> Measurements:
    x, _ = result.held_out
    mixture, one = result.progress.newest
    right = [near_a_branch(x, answers).float().mean().item() for answers in result.answers]
    means = near_a_branch(x, result.means[1]).float().mean().item()
    broken = not math.isfinite(mixture)
    return {
        "near_a_branch_percent": math.nan if broken else 100 * right[0],
        "gaussian_near_a_branch_percent": 100 * right[1],
        "gaussian_mean_near_a_branch_percent": 100 * means,
        "loss_nats": mixture,
        "gaussian_loss_nats": one,
        "true_loss_nats": result.truth,
        "excess_nats": mixture - result.truth,
        "gain_nats": one - mixture,
        "finite_steps_percent": 100 * result.finite / result.progress.step,
        "weighty_components": float((result.pi > WEIGHTY).sum()),
    }
