"""CD-k on a machine of nine pixels and six hidden units: its mean gradient beside the exact one, and what it learns."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.energy.gradient_bias.trainings import (
    HIDDEN,
    LONGEST,
    SIDE,
    TRAININGS,
    Course,
    Start,
    Units,
    beginnings,
    exactly_trained,
    images,
    learned,
)
from app.experiments.memo import memo
from models.data.bars_and_stripes import bars_and_stripes, uniform_over
from models.energy.contrastive_divergence import Parameters, contrast
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

KS = (1, 2, 3, 5, 10, 20, 30)
"""Chain lengths at which the bias is drawn."""


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


class GradientBiasResult(NamedTuple):
    controls: GradientBiasControls
    exact: Tensor  # (R, 69) the exact gradient at the trained weights
    estimate: Tensor  # (R, 69) the mean of CD-k's
    bias: dict[str, Tensor]  # what is drawn → relative bias for 1 … 30 steps, (30,) mean over trainings
    learned: dict[str, Course]  # “CD-k” as the controls say, and “exact”
    best: float  # nats per image, of probabilities equal to the data’s
    parameters: int


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
