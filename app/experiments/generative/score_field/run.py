"""A network learns the score of a known mixture at every level of noise; Langevin chains then follow it."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.known_mixture import (
    ALPHA_BAR,
    PARTS,
    SIGMAS,
    Lesson,
    course,
    mixture_of,
    noise_at,
    step_at,
)
from app.experiments.generative.score_field.chains import (
    CHAINS,
    LOWEST,
    Errors,
    Order,
    chains_of,
    errors_at,
    exact_score,
    learned_score,
    levels_of,
)
from app.experiments.live_training import PAUSE_SECONDS
from models.generative.mixtures import Mixture, score, smoothed
from models.generative.noise_network import unscaled_score
from models.parameter_count import parameter_count

SHOWN_SIGMAS = (2.0, 0.6, 0.2)
AXIS = torch.linspace(-6, 6, 2401)
"""Places on the line through both modes where maxima of the density are counted."""


class ScoreFieldControls(Controls):
    order: Order = Field("from high to low noise", title="Noise of the chains")
    levels: Literal[1, 2, 5, 10, 20] = Field(10, title="Levels", description="From σ = 3 to σ = 0.1")
    steps: Literal[5, 10, 20, 40] = Field(40, title="Steps per level")
    share: int = Field(80, ge=50, le=95, multiple_of=5, title="Left mode, % of the data")
    apart: float = Field(2.4, ge=0.8, le=3.2, multiple_of=0.4, title="Distance of the modes")
    sigma: Literal[0.1, 0.2, 0.3, 0.6, 1.0, 2.0] = Field(0.2, title="σ at which errors are measured")  # type: ignore[valid-type]  # pydantic takes them
    training: Literal[1000, 2000, 4000] = Field(1000, title="Training steps", json_schema_extra=MORE)


class ScoreFieldResult(NamedTuple):
    controls: ScoreFieldControls
    lesson: Lesson
    mixture: Mixture
    part: int  # of the training, done
    sigmas: tuple[float, ...]  # of the planes shown
    places: Tensor  # (G, 2)
    predicted_noise: Tensor  # (P, G, 2) ε̂ at these places
    learned: Tensor  # (P, G, 2) scores
    exact: Tensor  # (P, G, 2)
    errors: Errors
    levels: list[float]  # σ of each level of the chains
    chains: Tensor  # (L + 1, N, 2) led by the learned score
    moves: Tensor  # (G, 2) σ² times the learned score at the last level, for the arrows behind the chains
    exact_chains: Tensor  # (L + 1, N, 2) led by the exact score
    parameters: int


GRID = torch.linspace(-2.4, 2.4, 11)
PLACES = torch.cartesian_prod(GRID, GRID)
FIELD = torch.cartesian_prod(*[torch.linspace(-3.6, 3.6, 11)] * 2)


def run(controls: ScoreFieldControls, device: str) -> Iterator[ScoreFieldResult]:
    """On the CPU whatever the device: the network has 5,506 weights."""
    lesson = Lesson(controls.apart, controls.share / 100, controls.seed, steps=controls.training)
    given = time.perf_counter()
    for part in range(1, PARTS + 1):
        course(lesson, part)
        if part == PARTS or time.perf_counter() - given > PAUSE_SECONDS:
            yield _result(controls, lesson, part)
            given = time.perf_counter()


def _result(controls: ScoreFieldControls, lesson: Lesson, part: int) -> ScoreFieldResult:
    mixture, network, c = mixture_of(lesson), course(lesson, part).network, controls
    sigmas = tuple(SIGMAS[step_at(sigma)].item() for sigma in SHOWN_SIGMAS)
    levels = levels_of(c.order, c.levels)
    noise = torch.stack(
        [noise_at(network, lesson.clock, ALPHA_BAR[t] ** 0.5 * PLACES, t) for t in map(step_at, SHOWN_SIGMAS)]
    )
    learned = unscaled_score(noise, torch.tensor(sigmas)[:, None, None])
    exact = torch.stack([exact_score(mixture, PLACES, sigma) for sigma in SHOWN_SIGMAS])
    moves = SIGMAS[step_at(LOWEST)] ** 2 * learned_score(lesson, part, FIELD, LOWEST)
    chains = [torch.full((len(levels) + 1, CHAINS, 2), torch.nan)] * 2  # they start when the training is over
    if part == PARTS:
        chains = [chains_of(lesson, part, exact, c.order, c.levels, c.steps) for exact in (False, True)]
    return ScoreFieldResult(
        c, lesson, mixture, part, sigmas, PLACES, noise, learned, exact, errors_at(lesson, part, c.sigma), levels,
        chains[0], moves, chains[1], parameter_count(network),
    )  # fmt: skip


def left_share(x: Tensor) -> Tensor:
    """Share of the points left of the middle; not a number where there are none.  (…, N, 2) → (…)"""
    return (x[..., 0] < 0).float().mean(-1) + 0 * x[..., 0].sum(-1)


def merged_from(mixture: Mixture) -> float:
    """The smallest σ, to 0.01, at which the smoothed density has one maximum on the line through both modes."""
    line = torch.stack([AXIS, torch.zeros_like(AXIS)], dim=-1)
    for sigma in torch.arange(0.0, 3.0, 0.01).tolist():
        slope = score(smoothed(mixture, sigma), line)[:, 0]
        if int(((slope[:-1] > 0) & (slope[1:] <= 0)).sum()) == 1:
            return sigma
    return float("nan")


def measure(result: ScoreFieldResult) -> Measurements:
    left, true = 100 * left_share(result.chains[-1]).item(), float(result.controls.share)
    cosine = torch.cosine_similarity(result.learned, result.exact, dim=-1).mean(-1)
    spread = result.chains[-1, :, 1].std() / result.mixture.variances[0].sqrt()
    return {
        "left_share_percent": left,
        "left_share_error_points": abs(left - true),
        "left_share_of_exact_score_percent": 100 * left_share(result.exact_chains[-1]).item(),
        "spread_over_true": spread.item(),
        "error_at_the_data_percent": 100 * result.errors.at_the_data,
        "error_between_the_modes_percent": 100 * result.errors.between,
        "cosine_at_high_noise": cosine[0].item(),
        "cosine_at_low_noise": cosine[-1].item(),
        "merged_from_sigma": merged_from(result.mixture),
    }
