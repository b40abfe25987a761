"""One Gaussian fitted to two peaks by either KL divergence, two typed distributions, and KL estimated from samples."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.foundations.distributions import Weights, pair
from app.experiments.memo import memo
from models.probability.gaussian_fit import (
    Divergence,
    Gaussian,
    fit,
    forward_kl,
    gaussian_kl,
    log_density,
    mean_log_ratio,
    mean_positive_ratio,
    moments,
    reverse_kl,
    two_peaks,
)
from models.probability.information import kl_divergence
from models.seeding import generator

GRID, REACH, WIDTH = 201, 15.0, 0.7
STARTS, STEPS, RATE = 20, 250, 0.02
SAMPLES = 40_000
P, Q = (0.0, 1.0), (0.5, 0.8)
"""Mean and standard deviation of the two Gaussians whose divergence is estimated from samples."""

Order = Literal["KL(target‖fit)", "KL(fit‖target)"]
Estimate = Literal["ln p/q, samples of p", "ln p/q, samples of q", "r − 1 − ln r, samples of p"]
DIVERGENCES: Mapping[Order, Divergence] = {"KL(target‖fit)": forward_kl, "KL(fit‖target)": reverse_kl}


class GaussianFitControls(Controls):
    order: Order = Field("KL(target‖fit)", title="Order of the arguments")
    apart: float = Field(3.0, ge=0, le=4, multiple_of=0.25, title="Peaks at ±")
    share: float = Field(0.5, ge=0.1, le=0.9, multiple_of=0.1, title="Share of the right peak")
    p: Weights = Field("5, 3, 2, 0", title="p", description="Weights of A, B, C, …")
    q: Weights = Field("2, 2, 3, 3", title="q", description="Weights of A, B, C, …")
    estimate: Estimate = Field("ln p/q, samples of p", title="Estimate from samples", description="r = q/p")


class Fits(NamedTuple):
    x: Tensor  # (G,)
    log_p: Tensor  # (G,)
    path: list[Gaussian]  # (S,) both, by step

    @property
    def last(self) -> Gaussian:
        return self.path[-1]


class GaussianFitResult(NamedTuple):
    controls: GaussianFitControls
    fits: Mapping[Order, Fits]
    exact: Gaussian  # mean and deviation of the target
    p: Tensor  # (K,)
    q: Tensor  # (K,)
    counts: list[int]
    estimates: Tensor  # (counts,)
    closed: float  # KL of the two Gaussians
    notices: list[str]


@memo
def fits(order: Order, apart: float, share: float, seed: int) -> Fits:
    x = torch.linspace(-REACH, REACH, GRID, dtype=torch.double)
    log_p = two_peaks(x, apart, WIDTH, share)
    draws = generator(seed)
    mean, log_deviation = (torch.rand(STARTS, generator=draws, dtype=torch.double) for _ in range(2))
    start = Gaussian(6 * mean - 3, (1.2 * log_deviation - 0.6).exp())
    with torch.inference_mode(False), torch.enable_grad():
        return Fits(x, log_p, fit(x, log_p, DIVERGENCES[order], start, STEPS, RATE))


@memo
def estimates(estimate: Estimate, seed: int) -> tuple[list[int], Tensor]:
    """The estimate from the first n samples, for some n."""
    p, q = (Gaussian(*(torch.tensor(value, dtype=torch.double) for value in pair)) for pair in (P, Q))
    of = q if estimate == "ln p/q, samples of q" else p
    samples = of.mean + of.deviation * torch.randn(SAMPLES, generator=generator(seed), dtype=torch.double)
    by = mean_positive_ratio if estimate.startswith("r") else mean_log_ratio
    counts = sorted({round(10 ** (1 + 0.2 * k)) for k in range(18)} | {SAMPLES})
    return counts, torch.stack([by(samples[:n], p, q) for n in counts])


def closed_form() -> float:
    return gaussian_kl(*(Gaussian(*map(torch.tensor, pair)) for pair in (P, Q))).item()


def run(controls: GaussianFitControls, device: str) -> GaussianFitResult:
    c = controls
    found = {order: fits(order, c.apart, c.share, c.seed) for order in DIVERGENCES}
    one = found[c.order]
    p, q, notices = pair(c.p, c.q)
    counts, estimated = estimates(c.estimate, c.seed)
    step = float(one.x[1] - one.x[0])
    return GaussianFitResult(c, found, moments(one.log_p, one.x, step), p, q, counts, estimated, closed_form(), notices)


def bell(result: GaussianFitResult, order: Order) -> Tensor:
    """The fitted densities (S, G)."""
    return log_density(result.fits[order].x, result.fits[order].last).exp()


def measure(result: GaussianFitResult) -> Measurements:
    forward, reverse = (result.fits[order].last for order in DIVERGENCES)
    mine = result.fits[result.controls.order].last
    apart = result.controls.apart
    one_peak = (mine.mean.abs() - apart).abs() < WIDTH
    return {
        "fitted_deviation": mine.deviation.median().item(),
        "target_deviation": result.exact.deviation.item(),
        "fitted_deviation_over_target": (mine.deviation.median() / result.exact.deviation).item(),
        "distance_of_peaks_in_widths": 2 * apart / WIDTH,
        "forward_deviation": forward.deviation.median().item(),
        "reverse_deviation": reverse.deviation.median().item(),
        "reverse_over_forward_deviation": (reverse.deviation.median() / forward.deviation.median()).item(),
        "starts_at_one_peak_share": (one_peak & (mine.deviation < 1.5 * WIDTH)).double().mean().item(),
        "reverse_starts_at_the_right_peak_share": (reverse.mean > 0).double().mean().item(),
        "kl_p_q_nats": kl_divergence(result.p, result.q).item(),
        "kl_q_p_nats": kl_divergence(result.q, result.p).item(),
        "estimate_nats": result.estimates[-1].item(),
        "closed_form_nats": result.closed,
        "estimate_error_share": abs(result.estimates[-1].item() - result.closed) / result.closed,
    }
