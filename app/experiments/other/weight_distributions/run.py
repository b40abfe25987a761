"""A network of 50 hidden units whose weights are distributions, beside draws from its exact posterior."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.bayesian.curve_network import ACTIVATIONS, data_cost, output, prior_scales
from models.bayesian.mean_field import MeanField, divergence, minibatch_cost, width
from models.data.noisy_curve import NOISE, NoisyPoints, curve
from models.seeding import generator, unfilled
from models.training.posterior_draws import POINTS, UNITS, places, points, posterior

TRAININGS = 4
"""Side by side, from starts of their own. Figures show the first; the numbers are means over all."""

DRAWS, SHOWN_DRAWS = 4, 200
"""Draws of all weights per training step, and for a band."""

NARROW = 0.05
"""The width of every weight before training."""

SNAPSHOTS = 5
INPUTS = torch.linspace(-3, 3, 121)

Activation = Literal["relu", "leaky relu", "tanh"]


class WeightDistributionControls(Controls):
    activation: Activation = Field("relu", title="Activation", description="Of the 50 hidden units")
    divergence: Literal["shared among the minibatches", "whole in every minibatch"] = Field(
        "shared among the minibatches", title="Divergence from the prior", description="What each step pays of it"
    )  # fmt: skip
    batch: Literal[10, 20, 40] = Field(10, title="Points per minibatch", description="Of 40 points")
    steps: int = Field(1000, ge=200, le=3000, multiple_of=200, title="Training steps")
    learning_rate: float = Field(0.03, ge=0.003, le=0.1, title="Learning rate", json_schema_extra={"log": True, **MORE})


class Snapshot(NamedTuple):
    mean: Tensor  # (R, K)
    sigma: Tensor  # (R, K)
    curves: Tensor  # (200, R, 121)


class WeightDistributionResult(NamedTuple):
    controls: WeightDistributionControls
    points: NoisyPoints
    progress: Progress[Snapshot]
    exact: Tensor  # (512, 121) curves of draws from the exact posterior
    exact_theta: Tensor  # (512, K)
    parameters: int


def run(controls: WeightDistributionControls, device: str) -> Iterator[WeightDistributionResult]:
    """On the CPU whatever the device: 302 parameters keep no other one busy."""
    c, draws, s = controls, generator(controls.seed), prior_scales(UNITS)
    activation, given = ACTIVATIONS[c.activation], points()
    with unfilled():
        model = MeanField(TRAININGS, len(s), activation)
    model = model.to_empty(device="cpu").start(s, NARROW, draws)
    optimizer = torch.optim.Adam(model.parameters(), c.learning_rate)
    share = c.batch / POINTS if c.divergence == "shared among the minibatches" else 1.0
    done = 0

    def step() -> None:
        nonlocal done
        chosen = torch.randperm(POINTS, generator=draws)[: c.batch]
        curves, _ = model(given.x[chosen], draws, DRAWS)  # (S, R, B)
        data = data_cost(curves, given.y[chosen], NOISE).mean(0)  # (R,)
        cost = minibatch_cost(data, divergence(model.mean, width(model.rho), s), share).sum()
        for group in optimizer.param_groups:
            group["lr"] = c.learning_rate * min(1.0, 2 * (1 - done / c.steps) + 0.02)
        optimizer.zero_grad(set_to_none=True)
        cost.backward()
        optimizer.step()
        done += 1

    @torch.no_grad()
    def evaluate() -> Snapshot:
        curves, _ = model(INPUTS, generator(c.seed + 1), SHOWN_DRAWS)
        return Snapshot(model.mean.detach().clone(), width(model.rho).detach(), curves)

    theta = posterior(c.activation)
    exact = output(theta, INPUTS, activation)
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        yield WeightDistributionResult(c, given, progress, exact, theta, 2 * len(s))


def measure(result: WeightDistributionResult) -> Measurements:
    curves = result.progress.newest.curves
    band, exact = curves.std(0).mean(0), result.exact.std(0)  # (121,) both
    where = places(INPUTS)
    ours = {place: band[chosen].mean().item() for place, chosen in where.items()}
    theirs = {place: exact[chosen].mean().item() for place, chosen in where.items()}
    missed = (curves.mean(0) - curve(INPUTS))[:, where["inside"]].square().mean(-1).sqrt().mean()
    return {
        **{f"band_{place}": value for place, value in ours.items()},
        **{f"exact_band_{place}": value for place, value in theirs.items()},
        "outside_over_inside": ours["outside"] / ours["inside"],
        "between_over_inside": ours["between"] / ours["inside"],
        "exact_between_over_inside": theirs["between"] / theirs["inside"],
        "between_over_exact": ours["between"] / theirs["between"],
        "inside_over_exact": ours["inside"] / theirs["inside"],
        "error_inside": missed.item(),
    }
