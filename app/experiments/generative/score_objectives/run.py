"""Four objectives that fit the score of a mixture, each over one unknown of the model: its deviation or its weights."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.generative.mixtures import log_density, sample, smoothed, two_modes
from models.generative.score_matching import denoising, directions, explicit, implicit, sliced, trace
from models.seeding import generator

DEVIATION, SHARE, POINTS = 0.5, 0.8, 1000
DEVIATIONS = torch.linspace(0.2, 1.2, 26)
"""Of the model's modes, tried one after the other; that of the data is 0.5."""

SETS, SET_POINTS = 40, 500
"""Sets of data over which a difference of two objectives spreads, and the points of each."""

DISTANCES = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
SIGMAS = (0.1, 0.2, 0.3, 0.5, 0.8)
Kind = Literal["implicit", "sliced, random signs", "sliced, Gaussian", "denoising", "explicit", "trace dropped"]


class ScoreObjectivesControls(Controls):
    objective: Kind = Field("implicit", title="Objective")
    apart: Literal[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0] = Field(4.0, title="Distance of the modes")  # type: ignore[valid-type]  # pydantic takes them
    sigma: Literal[0.1, 0.2, 0.3, 0.5, 0.8] = Field(0.3, title="σ of the denoising objective")  # type: ignore[valid-type]  # pydantic takes them
    slices: Literal[1, 2, 4, 8] = Field(1, title="Slices per point")
    points: Literal[250, 1000, 4000] = Field(1000, title="Data points", json_schema_extra=MORE)


class Gap(NamedTuple):
    """Between two models that differ in their weights alone, 80 : 20 (right) and 20 : 80, over many sets of data."""

    objective: Tensor  # (sets,) implicit objective of the wrong model less that of the right one
    likelihood: Tensor  # (sets,) mean log-likelihood of the right one less that of the wrong one, nats per point


class ScoreObjectivesResult(NamedTuple):
    controls: ScoreObjectivesControls
    curves: dict[Kind, Tensor]  # objective → (deviations,) its mean over the data
    gaps: list[Gap]  # at each of the distances
    minima: Tensor  # (sigmas,) deviation at which the denoising objective is lowest
    traces: dict[str, Tensor]  # kind of slice → (100,) mean trace term over the data, each with other slices
    exact_trace: Tensor  # ()


def data_of(apart: float, points: int, seed: int) -> Tensor:
    return sample(two_modes(apart, SHARE, DEVIATION), points, generator(seed))[0]


@memo
def curve(kind: Kind, apart: float, points: int, slices: int, sigma: float, seed: int) -> Tensor:
    """The objective's mean over the data, for each deviation of the model.  → (deviations,)"""
    x, draws, truth = data_of(apart, points, seed), generator(seed + 1), two_modes(apart, SHARE, DEVIATION)
    v = directions("Gaussian" if kind == "sliced, Gaussian" else "Rademacher", slices, points, 2, draws)
    noisy = x + sigma * torch.randn(x.shape, generator=draws)
    found = []
    for deviation in DEVIATIONS.tolist():
        model = two_modes(apart, SHARE, deviation)
        each = {
            "explicit": lambda model=model: explicit(model, truth, x),
            "implicit": lambda model=model: implicit(model, x),
            "sliced, random signs": lambda model=model: sliced(model, x, v),
            "sliced, Gaussian": lambda model=model: sliced(model, x, v),
            "denoising": lambda model=model: denoising(model, x, noisy, sigma),
            "trace dropped": lambda model=model: implicit(model, x) - trace(model, x),
        }[kind]()
        found.append(each.mean())
    return torch.stack(found)


def lowest(values: Tensor) -> float:
    """The deviation of the lowest value, between the tried ones by the parabola through its neighbours."""
    at = int(values.nan_to_num(torch.inf).argmin())
    if not 0 < at < len(values) - 1:
        return DEVIATIONS[at].item()
    before, here, after = values[at - 1 : at + 2].tolist()
    step = (DEVIATIONS[1] - DEVIATIONS[0]).item()
    return DEVIATIONS[at].item() + step * (before - after) / (2 * (before - 2 * here + after))


@memo
def gap(apart: float, seed: int) -> Gap:
    right, wrong = two_modes(apart, SHARE, DEVIATION), two_modes(apart, 1 - SHARE, DEVIATION)
    x = data_of(apart, SETS * SET_POINTS, seed + 2)
    objective = (implicit(wrong, x) - implicit(right, x)).unflatten(0, (SETS, SET_POINTS)).mean(-1)
    likelihood = (log_density(right, x) - log_density(wrong, x)).unflatten(0, (SETS, SET_POINTS)).mean(-1)
    return Gap(objective, likelihood)


def over_spread(values: Tensor) -> float:
    """The mean over the spread between sets of data; 0 where both vanish."""
    return (values.mean() / values.std().clamp(min=1e-6)).item()


@memo
def traces_of(apart: float, slices: int, seed: int) -> tuple[dict[str, Tensor], Tensor]:
    """Estimates of the mean trace term by slices of either kind, and the exact one."""
    truth, x = two_modes(apart, SHARE, DEVIATION), data_of(apart, 250, seed + 3)
    half_square = implicit(truth, x) - trace(truth, x)  # (N,)
    found = {}
    for kind in ("Rademacher", "Gaussian"):
        draws = generator(seed + 4)
        found[kind] = torch.stack(
            [(sliced(truth, x, directions(kind, slices, 250, 2, draws)) - half_square).mean() for _ in range(60)]
        )
    return found, trace(truth, x).mean()


def run(controls: ScoreObjectivesControls, device: str) -> ScoreObjectivesResult:
    """On the CPU whatever the device: a thousand points keep no other one busy."""
    c = controls
    kinds: tuple[Kind, ...] = ("explicit", "implicit", "sliced, Gaussian", "denoising")
    kinds = kinds if c.objective in kinds else (*kinds, c.objective)
    traces, exact = traces_of(c.apart, c.slices, c.seed)
    return ScoreObjectivesResult(
        c,
        {kind: curve(kind, c.apart, c.points, c.slices, c.sigma, c.seed) for kind in kinds},
        [gap(apart, c.seed) for apart in DISTANCES],
        torch.tensor([lowest(curve("denoising", c.apart, c.points, 1, sigma, c.seed)) for sigma in SIGMAS]),
        traces,
        exact,
    )


def measure(result: ScoreObjectivesResult) -> Measurements:
    c = result.controls
    wanted = smoothed(two_modes(c.apart, SHARE, DEVIATION), c.sigma).variances[0].sqrt().item()
    found = lowest(result.curves[c.objective])
    aim = wanted if c.objective == "denoising" else DEVIATION
    here = result.gaps[DISTANCES.index(c.apart)]
    spreads = {kind: round(values.std().item(), 5) for kind, values in result.traces.items()}
    return {
        "deviation_found": found,
        "deviation_aimed_at": aim,
        "off_by_percent": 100 * abs(found - aim) / aim,
        "denoising_deviation": lowest(result.curves["denoising"]),
        "smoothed_deviation": wanted,
        "weight_gap_over_spread": over_spread(here.objective),
        "likelihood_gap_over_spread": over_spread(here.likelihood),
        "spread_with_signs": spreads["Rademacher"],
        "spread_with_gaussian_slices": spreads["Gaussian"],
    }
