"""A restricted Boltzmann machine learns digits of black and white pixels; its likelihood is exact, by enumeration."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.energy.digit_rbm.pixels import (
    BATCH,
    PIXELS,
    black_and_white,
    independent_pixels,
    shuffled_across,
    started,
)
from app.experiments.live_training import Progress, training
from models.energy.boltzmann import all_states, total_variation
from models.energy.contrastive_divergence import Parameters, ascended, chain, contrast
from models.energy.restricted_boltzmann import (
    free_energy,
    hidden_given_visible,
    hidden_listed,
    log_likelihood,
    product_of_units,
    rest_given_part,
)
from models.seeding import generator

SNAPSHOTS = 6
CHECKED_DIGITS = 20
"""Held-out digits at which p(h | v) is listed."""

UPPER = torch.arange(PIXELS) < PIXELS // 2
"""The half of the pixels that is given when the other half is filled in."""


class DigitRBMControls(Controls):
    hidden: Literal[8, 10, 12] = Field(12, title="Hidden units")
    learning_rate: float = Field(0.5, ge=0.05, le=2, title="Learning rate", json_schema_extra={"log": True})
    epochs: int = Field(15, ge=1, le=30, title="Epochs", description="Passes over 1 500 digits")
    chains: Literal["at the digit", "at noise", "where they stopped"] = Field("at the digit", title="Chains start")
    pixels: Literal["as they are", "shuffled across digits"] = Field("as they are", title="Pixels in training")
    lateral: float = Field(
        0.0, ge=0, le=4, multiple_of=0.5, title="Lateral weight", description="Between two hidden units"
    )
    reconstruction: Literal["samples", "probabilities"] = Field(
        "samples", title="Hidden units pass on", description="To the visible ones, in each step of a chain",
        json_schema_extra=MORE,
    )  # fmt: skip
    steps: Literal[1, 3] = Field(1, title="Steps per chain, k", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    theta: Parameters
    likelihood: Tensor  # () nats per held-out digit


class DigitRBMResult(NamedTuple):
    controls: DigitRBMControls
    progress: Progress[Snapshot]
    held_out: Tensor  # (297, 64)
    shuffled: Tensor  # (297, 64) the same with each pixel's values shuffled across the digits
    energies: Tensor  # (297,) free energies of the digits
    shuffled_energies: Tensor  # (297,)
    hidden: Tensor  # (297, M) chances of the hidden units to be on
    filled: Tensor  # (297, 64) chance of each pixel to be black, given the upper half
    independent: float  # nats per held-out digit of pixels that are independent, each as often black as in training
    parameters: int


@torch.no_grad()
def run(controls: DigitRBMControls, device: str) -> Iterator[DigitRBMResult]:
    """On the CPU whatever the device: 844 parameters keep no other one busy."""
    c, draws = controls, generator(controls.seed)
    learn, held_out = black_and_white()
    shuffled = shuffled_across(held_out, generator(c.seed + 1))
    independent = independent_pixels(learn, held_out)
    if c.pixels != "as they are":
        learn = shuffled_across(learn, draws)
    theta = started(learn, c.hidden, draws)
    per_epoch = len(learn) // BATCH
    steps, done = c.epochs * per_epoch, 0
    order = learn
    persistent = torch.bernoulli(torch.full((BATCH, PIXELS), 0.5), generator=draws)

    def step() -> None:
        nonlocal theta, done, order, persistent
        if done % per_epoch == 0:
            order = learn[torch.randperm(len(learn), generator=draws)]
        data = order[done % per_epoch * BATCH :][:BATCH]
        starts = {"at the digit": data, "at noise": torch.full_like(data, 0.5), "where they stopped": persistent}
        v = torch.bernoulli(starts[c.chains], generator=draws)
        persistent = chain(v, theta, c.steps, draws, c.reconstruction)
        rate = c.learning_rate * min(1.0, 2 * (1 - done / steps))
        theta, done = ascended(theta, contrast(data, persistent, theta), rate), done + 1

    def evaluate() -> Snapshot:
        return Snapshot(theta, log_likelihood(held_out, theta.W, theta.b[0], theta.c[0]).mean())

    for progress in training(step, evaluate, steps, SNAPSHOTS):
        W, (b,), (bias,) = theta
        yield DigitRBMResult(
            c, progress, held_out, shuffled, free_energy(held_out, W, b, bias), free_energy(shuffled, W, b, bias),
            hidden_given_visible(held_out, W, bias), rest_given_part(held_out, UPPER, W, b, bias), independent,
            sum(part.numel() for part in theta),
        )  # fmt: skip


def both_on(result: DigitRBMResult) -> float:
    """The listed chance that hidden units 0 and 1 are both on, over what it would be if they were independent."""
    W, _, (c,) = result.progress.newest.theta
    both = all_states(len(c))[:, :2].prod(-1).bool()
    listed = [hidden_listed(v, W, c, result.controls.lateral)[both].sum() for v in result.held_out[:CHECKED_DIGITS]]
    return (sum(listed) / result.hidden[:CHECKED_DIGITS, :2].prod(-1).sum()).item()


def dependence(result: DigitRBMResult) -> float:
    """Largest total variation distance, over some digits, of the listed p(h | v) to the product of the units' own."""
    W, _, (c,) = result.progress.newest.theta
    return max(
        total_variation(hidden_listed(v, W, c, result.controls.lateral), product_of_units(on)).item()
        for v, on in zip(result.held_out[:CHECKED_DIGITS], result.hidden)
    )


def measure(result: DigitRBMResult) -> Measurements:
    below = (result.energies[:, None] < result.shuffled_energies).float().mean().item()
    likelihood = result.progress.newest.likelihood.item()
    wrong = (result.filled.round() != result.held_out)[:, ~UPPER].float().mean().item()
    return {
        "digit_below_shuffled_percent": 100 * below,
        "log_likelihood_nats": likelihood,
        "independent_pixels_nats": result.independent,
        "gain_over_independent_pixels_nats": likelihood - result.independent,
        "hidden_units_on_percent": 100 * result.hidden.mean().item(),
        "wrong_pixels_filled_in_percent": 100 * wrong,
        "free_energy_gap": (result.shuffled_energies.mean() - result.energies.mean()).item(),
        "distance_of_list_to_product": dependence(result),
        "both_on_over_product": both_on(result),
    }
