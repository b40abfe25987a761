"""CD-k on a machine of nine pixels and six hidden units: its mean gradient beside the exact one, and what it learns."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.bars_and_stripes import bars_and_stripes, uniform_over
from models.energy.boltzmann import all_states, frequencies, state_number
from models.energy.contrastive_divergence import Parameters, ascended, chain, contrast
from models.energy.exact_gradient import (
    after_one_step,
    flat,
    gradient,
    mean_field_step,
    relative_bias,
    transitions,
    visible_probabilities,
)
from models.seeding import generator

SIDE, HIDDEN, TRAININGS = 3, 6, 6
"""The trainings are side by side, from starts of their own; numbers are means over them."""

EXACT_RATE = 0.5
"""Of the weights at which the bias is measured."""

RATE, CD_STEPS, NOTED = 0.7, 1500, 15
"""Of the trainings that are compared: by CD-k and by the exact gradient."""

LONGEST = 30
KS = (1, 2, 3, 5, 10, 20, 30)
"""Chain lengths at which the bias is drawn."""

Start = Literal["at the data", "at the data, one pixel flipped", "at noise"]
Units = Literal["samples", "probabilities"]


class GradientBiasControls(Controls):
    k: Literal[1, 3, 5, 10] = Field(1, title="Steps per chain, k")
    start: Start = Field("at the data", title="Chains start")
    units: Units = Field("samples", title="Units pass on", description="Samples, or their probabilities")
    trained: Literal[0, 100, 300, 600] = Field(
        600, title="Weights trained for", description="Steps of the exact gradient, before the bias is measured"
    )
    copies: Literal[1, 3, 10] = Field(
        3, title="Chains per image", description="In training", json_schema_extra=MORE
    )  # fmt: skip


class Course(NamedTuple):
    """Log-likelihoods of a training, nats per image, at even distances."""

    steps: list[int]
    likelihoods: Tensor  # (noted, R)


class GradientBiasResult(NamedTuple):
    controls: GradientBiasControls
    exact: Tensor  # (R, 69) the exact gradient at the trained weights
    estimate: Tensor  # (R, 69) the mean of CD-k's
    bias: dict[str, Tensor]  # what is drawn → relative bias for 1 … 30 steps, (30,) mean over trainings
    learned: dict[str, Course]  # “CD-k” as the controls say, and “exact”
    best: float  # nats per image, of probabilities equal to the data’s
    parameters: int


def images() -> Tensor:
    """The 14 bars and stripes, (14, 9)."""
    return all_states(SIDE**2)[bars_and_stripes(SIDE)]


def started(seed: int) -> Parameters:
    draws, pixels = generator(seed), SIDE**2
    W = 0.1 * torch.randn(TRAININGS, pixels, HIDDEN, generator=draws)
    return Parameters(W, torch.zeros(TRAININGS, 1, pixels), torch.zeros(TRAININGS, 1, HIDDEN))


def likelihood(theta: Parameters) -> Tensor:
    """Mean log-likelihood of the images, nats, of each training.  → (R,)"""
    return visible_probabilities(theta)[:, bars_and_stripes(SIDE)].clamp_min(1e-38).log().mean(-1)


@memo
def exactly_trained(seed: int, steps: int) -> Parameters:
    theta, d = started(seed), uniform_over(bars_and_stripes(SIDE))
    for _ in range(steps):
        theta = ascended(theta, gradient(d, visible_probabilities(theta), theta), EXACT_RATE)
    return theta


def beginnings(start: Start, draws: torch.Generator | None = None, rows: Tensor | None = None) -> Tensor:
    """Where chains start: as probabilities of all images (512,), or, with ``rows``, sampled in their shape."""
    v = images() if rows is None else rows
    if start == "at noise":
        return torch.full((2**SIDE**2,), 0.5**SIDE**2) if rows is None else _noise(v, draws)
    if start == "at the data":
        return uniform_over(bars_and_stripes(SIDE)) if rows is None else v
    if rows is None:
        flipped = (v[:, None] - torch.eye(SIDE**2)).abs()  # (14, 9, 9) each pixel of each image in turn
        return frequencies(state_number(flipped), 2**SIDE**2)
    chosen = torch.randint(SIDE**2, (*v.shape[:-1], 1), generator=draws)
    return v.scatter(-1, chosen, 1 - v.gather(-1, chosen))


def _noise(like: Tensor, draws: torch.Generator | None) -> Tensor:
    return torch.bernoulli(torch.full_like(like, 0.5), generator=draws)


@memo
def estimates(seed: int, trained: int, start: Start, units: Units) -> tuple[Parameters, tuple[Parameters, ...]]:
    """The exact gradient at the trained weights, and the mean of CD-k's for k = 1 … 30: sums over all states."""
    theta, d = exactly_trained(seed, trained), uniform_over(bars_and_stripes(SIDE))
    exact, found = gradient(d, visible_probabilities(theta), theta), []
    if units == "samples":
        (up, down), q = transitions(theta), beginnings(start).expand(TRAININGS, -1)
        for _ in range(LONGEST):
            q = after_one_step(q, up, down)
            found.append(gradient(d, q, theta))
        return exact, tuple(found)
    data = images().expand(TRAININGS, -1, -1)
    v = data if start == "at the data" else beginnings(start, generator(seed), data)
    for _ in range(LONGEST):
        v = mean_field_step(v, theta)
        found.append(contrast(data, v, theta))
    return exact, tuple(found)


def biases(seed: int, trained: int, start: Start, units: Units) -> Tensor:
    exact, found = estimates(seed, trained, start, units)
    return torch.stack([relative_bias(one, exact).mean() for one in found])


@memo
def learned(seed: int, k: int, start: Start, units: Units, copies: int) -> Course:
    """A training by CD-k with sampled chains; ``k`` = 0 is the exact gradient."""
    theta, draws, d = started(seed), generator(seed + 1), uniform_over(bars_and_stripes(SIDE))
    data = images().repeat(copies, 1).expand(TRAININGS, -1, -1)
    steps, noted = [0], [likelihood(theta)]
    for step in range(1, CD_STEPS + 1):
        if k == 0:
            slope = gradient(d, visible_probabilities(theta), theta)
        else:
            v = beginnings(start, draws, data)
            if units == "samples":
                v = chain(v, theta, k, draws)
            else:
                for _ in range(k):
                    v = mean_field_step(v, theta)
            slope = contrast(data, v, theta)
        theta = ascended(theta, slope, RATE)
        if step % (CD_STEPS // NOTED) == 0:
            steps.append(step)
            noted.append(likelihood(theta))
    return Course(steps, torch.stack(noted))


@torch.inference_mode()
def run(controls: GradientBiasControls, device: str) -> GradientBiasResult:
    """On the CPU whatever the device: 69 parameters and 512 images keep no other one busy."""
    c = controls
    exact, found = estimates(c.seed, c.trained, c.start, c.units)
    bias = {"these chains": biases(c.seed, c.trained, c.start, c.units)}
    if (c.start, c.units) != ("at the data", "samples"):
        bias["from the data"] = biases(c.seed, c.trained, "at the data", "samples")
    if c.trained:
        bias["fresh weights"] = biases(c.seed, 0, c.start, c.units)
    courses = {
        "CD": learned(c.seed, c.k, c.start, c.units, c.copies),
        "exact": learned(c.seed, 0, "at the data", "samples", 1),
    }
    count = SIDE**2 * HIDDEN + SIDE**2 + HIDDEN
    best = uniform_over(bars_and_stripes(SIDE)).max().log().item()
    return GradientBiasResult(c, flat(exact), flat(found[c.k - 1]), bias, courses, best, count)


def measure(result: GradientBiasResult) -> Measurements:
    bias = result.bias["these chains"]
    last = result.learned["CD"].likelihoods[-1]
    near = (bias < 0.1).nonzero()
    return {
        **{f"bias_at_{k}": bias[k - 1].item() for k in KS},
        "bias_of_30_over_1": (bias[LONGEST - 1] / bias[0]).item(),
        "bias_at_k": bias[result.controls.k - 1].item(),
        "cosine_to_exact": torch.cosine_similarity(result.estimate, result.exact, dim=-1).mean().item(),
        "steps_to_a_tenth": float(near[0, 0] + 1) if len(near) else float(LONGEST + 1),
        "log_likelihood_nats": last.mean().item(),
        "lowest_log_likelihood_nats": last.min().item(),
        "log_likelihood_of_exact_nats": result.learned["exact"].likelihoods[-1].mean().item(),
    }
