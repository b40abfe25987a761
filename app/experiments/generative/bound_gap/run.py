"""A shared encoder learns the posterior of a linear-Gaussian decoder, whose likelihood is known exactly."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.bound_gap.encoder_course import (
    ENCODER,
    OPTIMISED,
    PARTS,
    SAMPLES,
    Lesson,
    course,
    decoders,
    improved,
    noise_of,
)
from app.experiments.live_training import PAUSE_SECONDS
from models.data.digits import digits
from models.generative.linear_gaussian import (
    LinearGaussian,
    Posterior,
    bound,
    family_gap,
    log_likelihood,
    posterior_mean,
    precision,
    sampled_kl,
)
from models.generative.vae import gaussian_kl
from models.parameter_count import parameter_count

EXACT = "exact posterior"


class BoundGapControls(Controls):
    latents: Literal[5, 10] = Field(10, title="Latents")
    rotation: int = Field(
        0, ge=0, le=90, multiple_of=15, title="Rotation of the latents, degrees",
        description="In pairs, in the decoder; the encoder is trained anew",
    )  # fmt: skip
    hidden: Literal[8, 32, 64] = Field(32, title="Hidden units of the encoder")
    proposal: Literal["the encoder", "optimised per digit", "the prior"] = Field(
        "the encoder", title="Importance samples come from"
    )
    samples: Literal[1, 2, 4, 8, 16, 32, 64] = Field(64, title="Importance samples per digit")
    steps: int = Field(400, ge=100, le=1200, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class BoundGapResult(NamedTuple):
    controls: BoundGapControls
    part: int  # of the training, done
    likelihood: Tensor  # (B,) exact log p(x) of held-out digits
    likelihood_before: Tensor  # (B,) the same of the decoder that is not rotated
    encoder_bound: Tensor  # (B,)
    optimised_bound: Tensor  # (B,)
    floor: Tensor  # () gap of the best diagonal posterior
    importance: dict[str, Tensor]  # proposal → (S,) mean gap, over SAMPLES; empty before the end
    kl: Tensor  # () of the encoder's posteriors from the prior, by the formula; mean over digits
    kl_samples: Tensor  # (S,) log q − log p of one sample per digit, mean over digits
    ellipses: dict[str, Tensor]  # posterior → (T, 2) one standard deviation, first and last latent of one digit
    parameters: int


def ellipse(mean: Tensor, covariance: Tensor) -> Tensor:
    """Points at one standard deviation from the mean: mean (2,), covariance (2, 2) → (T, 2)"""
    angle = torch.linspace(0, 2 * torch.pi, 73)
    circle = torch.stack([angle.cos(), angle.sin()], dim=1)
    return mean + circle @ torch.linalg.cholesky(covariance).T


def ellipses(model: LinearGaussian, x: Tensor, found: dict[str, Posterior]) -> dict[str, Tensor]:
    """The exact posterior of the first digit and the diagonal ones, in the plane of the first and last latent."""
    plane = torch.tensor([0, model.W.shape[1] - 1])
    covariance = torch.linalg.inv(precision(model))[plane][:, plane]
    drawn = {EXACT: ellipse(posterior_mean(model, x[:1])[0, plane], covariance)}
    return drawn | {name: ellipse(q.mean[0, plane], q.log_variance[0, plane].exp().diag()) for name, q in found.items()}


def run(controls: BoundGapControls, device: str) -> Iterator[BoundGapResult]:
    """On the CPU whatever the device: a batch of 128 small images keeps no other one busy."""
    c = controls
    lesson, given = Lesson(c.latents, c.rotation, c.hidden, c.steps, c.seed), -PAUSE_SECONDS
    for part in range(1, PARTS + 1):
        course(lesson, part)
        if part == PARTS or time.perf_counter() - given > PAUSE_SECONDS:
            yield _result(c, lesson, part)
            given = time.perf_counter()


@torch.no_grad()
def _result(c: BoundGapControls, lesson: Lesson, part: int) -> BoundGapResult:
    (before, decoder), x = decoders(c.latents, c.rotation), digits()[1].images.flatten(1)
    encoder = course(lesson, part).encoder
    q = encoder(x)
    encoder_bound, found = bound(decoder, x, q), {ENCODER: q}
    optimised_bound, importance = torch.full_like(encoder_bound, torch.nan), dict[str, Tensor]()
    if part == PARTS:
        found[OPTIMISED], importance = improved(lesson)
        optimised_bound = bound(decoder, x, found[OPTIMISED])
    return BoundGapResult(
        c, part, log_likelihood(decoder, x), log_likelihood(before, x), encoder_bound, optimised_bound,
        family_gap(decoder), importance, gaussian_kl(*q).mean(), sampled_kl(q, noise_of(lesson)).mean(1),
        ellipses(decoder, x, found), parameter_count(encoder),
    )  # fmt: skip


def running_mean(samples: Tensor) -> tuple[Tensor, Tensor]:
    """Mean of the first S samples for each S of SAMPLES, and the standard error of it.  → (SAMPLES,) each"""
    means = torch.stack([samples[:s].mean() for s in SAMPLES])
    return means, samples.std() / torch.tensor(SAMPLES) ** 0.5


def measure(result: BoundGapResult) -> Measurements:
    likelihood = result.likelihood.mean().item()
    encoder = (result.likelihood - result.encoder_bound).mean().item()
    best = (result.likelihood - result.optimised_bound).mean().item()
    at = SAMPLES.index(result.controls.samples)
    gaps = result.importance.get(result.controls.proposal, torch.full((len(SAMPLES),), torch.nan))
    halved = [s for s, gap in zip(SAMPLES, gaps.tolist(), strict=True) if gap <= encoder / 2]
    estimated, error = running_mean(result.kl_samples)
    return {
        "optimised_gap_nats": round(best, 4) + 0.0,  # in float32 the likelihood itself is no more exact
        "encoder_gap_nats": encoder,
        "importance_gap_nats": round(gaps[at].item(), 4) + 0.0,
        "log_likelihood_nats": likelihood,
        "bound_nats": likelihood - encoder,
        "family_gap_nats": result.floor.item(),
        "likelihood_change_nats": likelihood - result.likelihood_before.mean().item(),
        "kl_nats": result.kl.item(),
        "sampled_kl_nats": estimated[at].item(),
        "sampled_kl_error_nats": error[at].item(),
        "halving_samples": halved[0] if halved else float("nan"),
    }
