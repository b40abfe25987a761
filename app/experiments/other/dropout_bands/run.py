"""Monte Carlo dropout on more and more points, beside the exact band of a linear model on the same features."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.bayesian import linear_posterior
from models.bayesian.mc_dropout import Masks, MCDropout, band, mask, mean_curve, normal_mask
from models.data.noisy_curve import NOISE, NoisyPoints, curve, noisy_points
from models.parameter_count import parameter_count
from models.seeding import generator, unfilled

UNITS, BATCH, LEARNING_RATE = 50, 32, 0.005
SIZES = (20, 80, 320, 1280)
"""One network is trained on each of so many points, side by side."""

REACH = 1.5
INPUTS = torch.linspace(-REACH, REACH, 61)
BANDS = 2
"""A band is drawn so many standard deviations up and down."""

PRIOR = 1.0
"""Standard deviation of each weight of the linear model under its prior."""

SNAPSHOTS = 4
REPEATS, EVERY = 8, 6
"""So many bands of T passes are compared at every sixth input, to see how much chance is left in one."""

Masking = Literal["dropout masks", "normal noise of equal variance", "none (evaluation mode)", "exact last layer"]
Points = Literal[20, 80, 320, 1280]


class DropoutBandsControls(Controls):
    points: Points = Field(80, title="Points shown", description="All four sizes are trained at every run")
    p: float = Field(0.1, ge=0.02, le=0.5, multiple_of=0.02, title="Chance p that a unit is dropped")
    passes: Literal[10, 50, 200, 800] = Field(200, title="Passes T")
    masking: Masking = Field("dropout masks", title="What differs from pass to pass")
    steps: int = Field(800, ge=200, le=2000, multiple_of=200, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    curves: Tensor  # (T, 4, 61) one curve per pass and network
    chance: Tensor  # (4,) standard deviation between bands of T passes each, mean over inputs
    features: Tensor  # (4, 61, 51) of the inputs, with a 1 for the output bias
    exact: Tensor  # (4, 61) exact band on these features
    still: Tensor  # (4, 61) evaluation mode


class DropoutBandsResult(NamedTuple):
    controls: DropoutBandsControls
    given: list[NoisyPoints]  # one set per size
    progress: Progress[Snapshot]
    parameters: int  # of one network


def rows_of(given: list[NoisyPoints], draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """A minibatch from each set.  → (4, B, 1), (4, B)"""
    chosen = [torch.randint(len(one.x), (BATCH,), generator=draws) for one in given]
    x = torch.stack([one.x[rows] for one, rows in zip(given, chosen, strict=True)])
    return x.unsqueeze(-1), torch.stack([one.y[rows] for one, rows in zip(given, chosen, strict=True)])


def passed(model: MCDropout, x: Tensor, masking: Masking, p: float, count: int, draws: torch.Generator) -> Tensor:
    """``count`` curves of each network at inputs (P,), each with one set of masks for all inputs.  → (T, 4, P)"""
    rows = x.view(1, -1, 1).expand(len(SIZES), -1, -1)
    if masking == "none (evaluation mode)":
        return model(rows)[0].expand(count, -1, -1)
    kind = mask if masking == "dropout masks" else normal_mask
    shape = (count, len(SIZES), 1, UNITS)
    return model(rows, Masks(kind(shape, p, draws), kind(shape, p, draws)))[0]


def with_bias(features: Tensor) -> Tensor:
    return torch.cat([features, torch.ones_like(features[..., :1])], -1)


def last_layers(model: MCDropout, given: list[NoisyPoints]) -> list[linear_posterior.NormalPosterior]:
    """Exact posterior of each network’s output weights, its features held fixed; in float64, as many are alike."""
    found = []
    for number, one in enumerate(given):
        x = one.x.view(1, -1, 1).expand(len(SIZES), -1, -1)
        Phi = with_bias(model(x)[1].features[number]).double()
        found.append(linear_posterior.posterior(Phi, one.y.double(), NOISE, PRIOR))
    return found


def run(controls: DropoutBandsControls, device: str) -> Iterator[DropoutBandsResult]:
    """On the CPU whatever the device: four networks of 2 701 weights keep no other one busy."""
    c, draws = controls, generator(controls.seed)
    given = [noisy_points(count, [(-REACH, REACH)], draws) for count in SIZES]
    with unfilled():
        model = MCDropout(len(SIZES), UNITS)
    model = model.to_empty(device="cpu").start(draws)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    done = 0

    def step() -> None:
        nonlocal done
        x, y = rows_of(given, draws)
        shape = (len(SIZES), BATCH, UNITS)
        output, _ = model(x, Masks(mask(shape, c.p, draws), mask(shape, c.p, draws)))
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, 2 * (1 - done / c.steps) + 0.02)
        optimizer.zero_grad(set_to_none=True)
        (output - y).square().mean(-1).sum().backward()
        optimizer.step()
        done += 1

    @torch.no_grad()
    def evaluate() -> Snapshot:
        fresh = generator(c.seed + 1)
        still, trace = model(INPUTS.view(1, -1, 1).expand(len(SIZES), -1, -1))
        features, exact = with_bias(trace.features), last_layers(model, given)
        bands = [
            linear_posterior.band(Phi.double(), found.precision).float()
            for Phi, found in zip(features, exact, strict=True)
        ]

        def curves_of(every: int) -> Tensor:
            if c.masking != "exact last layer":
                return passed(model, INPUTS[::every], c.masking, c.p, c.passes, fresh)
            each = [
                linear_posterior.drawn(found, c.passes, fresh).float() @ Phi[::every].T
                for Phi, found in zip(features, exact, strict=True)
            ]
            return torch.stack(each, 1)

        curves = curves_of(1)
        again = torch.stack([band(curves_of(EVERY)) for _ in range(REPEATS)])  # (8, 4, 11)
        return Snapshot(curves, again.std(0).mean(-1), features, torch.stack(bands), still)

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        yield DropoutBandsResult(c, given, progress, parameter_count(model) // len(SIZES))


def measure(result: DropoutBandsResult) -> Measurements:
    newest = result.progress.newest
    wide, exact = band(newest.curves).mean(-1), newest.exact.mean(-1)  # (4,) both
    missed = (mean_curve(newest.curves) - curve(INPUTS)).square().mean(-1).sqrt()  # (4,)
    off = (mean_curve(newest.curves) - curve(INPUTS)).abs()  # (4, 61)
    in_band = (off <= BANDS * band(newest.curves)).float().mean(-1)  # (4,)
    shown = SIZES.index(result.controls.points)
    return {
        **{f"band_of_{count}_points": value.item() for count, value in zip(SIZES, wide)},
        **{f"exact_band_of_{count}_points": value.item() for count, value in zip(SIZES, exact)},
        "band_kept_of_20_percent": 100 * (wide[-1] / wide[0]).item(),
        "exact_band_shrinks": (exact[0] / exact[-1]).item(),
        "band_over_exact_at_1280": (wide[-1] / exact[-1]).item(),
        "band_over_exact": (wide[shown] / exact[shown]).item(),
        "error_of_mean_curve": missed[shown].item(),
        "truth_in_band_percent": 100 * in_band[shown].item(),
        "chance_left_in_band_percent": 100 * (newest.chance[shown] / wide[shown]).item(),
    }
