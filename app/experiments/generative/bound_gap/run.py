"""A shared encoder learns the posterior of a linear-Gaussian decoder, whose likelihood is known exactly."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.data.digits import digits
from models.generative.linear_gaussian import (
    Encoder,
    LinearGaussian,
    Posterior,
    bound,
    family_gap,
    fitted,
    importance_bound,
    log_likelihood,
    log_weights,
    optimised,
    paired_rotation,
    posterior_mean,
    precision,
    rotated,
)
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

BATCH, RATE, REFINED = 128, 0.01, 150
SAMPLES = [1, 2, 4, 8, 16, 32, 64]
ENCODER, OPTIMISED, PRIOR = "the encoder", "optimised per digit", "the prior"
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
    progress: Progress[float]  # the encoder's bound, nats per held-out digit
    likelihood: Tensor  # (B,) exact log p(x) of held-out digits
    likelihood_before: Tensor  # (B,) the same of the decoder that is not rotated
    encoder_bound: Tensor  # (B,)
    optimised_bound: Tensor  # (B,)
    floor: Tensor  # () gap of the best diagonal posterior
    importance: dict[str, Tensor]  # proposal → (S,) mean gap, over SAMPLES; empty before the end
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
    c, (learned, held_out) = controls, digits()
    given, x = learned.images.flatten(1), held_out.images.flatten(1)
    before = fitted(given, c.latents)
    decoder = rotated(before, paired_rotation(c.latents, c.rotation))
    encoder = seeded(lambda: Encoder(x.shape[1], c.hidden, c.latents), c.seed)
    draws = generator(c.seed + 1)
    noise = torch.randn(SAMPLES[-1], len(x), c.latents, generator=generator(c.seed + 2))
    optimizer = torch.optim.Adam(encoder.parameters(), RATE, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, c.steps)
    likelihood, likelihood_before = log_likelihood(decoder, x), log_likelihood(before, x)
    prior = Posterior(torch.zeros(len(x), c.latents), torch.zeros(len(x), c.latents))

    def step() -> None:
        batch = given[torch.randint(len(given), (BATCH,), generator=draws)]
        loss = -bound(decoder, batch, encoder(batch)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

    @torch.no_grad()
    def evaluate() -> float:
        return bound(decoder, x, encoder(x)).mean().item()

    for progress in training(step, evaluate, c.steps, snapshots=4):
        with torch.no_grad():
            q = encoder(x)
        encoder_bound, found = bound(decoder, x, q), {ENCODER: q}
        optimised_bound, importance = torch.full_like(encoder_bound, torch.nan), dict[str, Tensor]()
        if progress.done:
            found[OPTIMISED] = optimised(decoder, x, q, REFINED)
            optimised_bound = bound(decoder, x, found[OPTIMISED])
            for name, each in (found | {PRIOR: prior}).items():
                weights = log_weights(decoder, x, each, noise)  # (S, B)
                gaps = [(likelihood - importance_bound(weights[:s])).mean() for s in SAMPLES]
                importance[name] = torch.stack(gaps)
        yield BoundGapResult(
            c, progress, likelihood, likelihood_before, encoder_bound, optimised_bound, family_gap(decoder),
            importance, ellipses(decoder, x, found), parameter_count(encoder),
        )  # fmt: skip


def measure(result: BoundGapResult) -> Measurements:
    likelihood = result.likelihood.mean().item()
    encoder = (result.likelihood - result.encoder_bound).mean().item()
    best = (result.likelihood - result.optimised_bound).mean().item()
    gaps = result.importance.get(result.controls.proposal, torch.full((len(SAMPLES),), torch.nan))
    halved = [s for s, gap in zip(SAMPLES, gaps.tolist(), strict=True) if gap <= encoder / 2]
    return {
        "optimised_gap_nats": round(best, 4) + 0.0,  # in float32 the likelihood itself is no more exact
        "encoder_gap_nats": encoder,
        "importance_gap_nats": round(gaps[SAMPLES.index(result.controls.samples)].item(), 4) + 0.0,
        "log_likelihood_nats": likelihood,
        "bound_nats": likelihood - encoder,
        "family_gap_nats": result.floor.item(),
        "likelihood_change_nats": likelihood - result.likelihood_before.mean().item(),
        "halving_samples": halved[0] if halved else float("nan"),
    }
