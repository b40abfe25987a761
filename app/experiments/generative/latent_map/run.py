"""A variational autoencoder learns digits while the reader watches: its bound, its latents, its samples."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.code_plane import CodePlane, plane_of
from app.experiments.live_training import Progress, training
from models.data.digits import digits
from models.generative.autoencoder import reconstruction_error
from models.generative.digit_judge import effective_classes, judged, readable_share
from models.generative.pretrained_networks import digit_classifier
from models.generative.vae import (
    VAE,
    VAETrace,
    averaged_reconstruction,
    elbo,
    grid_log_likelihood,
    log_likelihood,
)
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

BATCH, HIDDEN, RATE, SNAPSHOTS = 128, 64, 0.005, 12
REACH = 3.0
"""How far the map of two latents goes, in standard deviations of the prior."""

GRID, GRID_REACH, SAMPLES, DRAWN = 71, 5.0, 100, 500
ACTIVE = 0.1
"""A latent is active if its mean KL exceeds this, in nats."""

BOUND, AUTOENCODER = "the bound", "none: a plain autoencoder"
Objective = Callable[[Tensor, Tensor, VAETrace, float], Tensor]
OBJECTIVES: dict[str, Objective] = {BOUND: elbo, "reconstruction averaged over pixels": averaged_reconstruction}


class LatentMapControls(Controls):
    latents: Literal[2, 8, 16] = Field(2, title="Latents")
    beta: float = Field(1.0, ge=0.25, le=16, multiple_of=0.25, title="β", description="Weight of the KL")
    objective: Literal[
        "the bound",
        "reconstruction averaged over pixels",
        "none: a plain autoencoder",
    ] = Field("the bound", title="Objective", description="The autoencoder: no noise and no KL, same layers")
    steps: int = Field(600, ge=100, le=2400, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """Means over held-out digits, in nats per digit."""

    reconstruction: Tensor  # () of log p(x|z)
    kl: Tensor  # (Z,) per latent


class LatentMapResult(NamedTuple):
    controls: LatentMapControls
    progress: Progress[Snapshot]
    y: Tensor  # (Q,) classes of the held-out digits
    error: float  # squared error per pixel, decoded from the mean
    plane: CodePlane
    samples: Tensor  # (N, 64) decoded from the prior
    judged: Tensor  # (N, 10)
    fitted_samples: Tensor  # (N, 64) decoded from a Gaussian fitted to the codes of the training digits
    fitted_judged: Tensor  # (N, 10)
    likelihood: float  # log p(x) of held-out digits; not a number before training is over
    fitted_likelihood: float  # the same with the fitted Gaussian as prior; two latents only
    parameters: int


def exact_likelihood(model: VAE, x: Tensor, mean: Tensor, root: Tensor) -> float:
    """Mean log p(x) of two latents with the prior N(mean, root rootᵀ), in nats per digit."""
    side = torch.linspace(-GRID_REACH, GRID_REACH, GRID)
    latent = torch.cartesian_prod(side, side)  # (G, 2)
    cell = (2 * GRID_REACH / (GRID - 1)) ** 2
    return grid_log_likelihood(x, model.decode(mean + latent @ root.T), latent, cell).mean().item()


def run(controls: LatentMapControls, device: str) -> Iterator[LatentMapResult]:
    """On the CPU whatever the device: a batch of 128 small images keeps no other one busy."""
    c, (learned, held_out) = controls, digits()
    given, x = learned.images.flatten(1), held_out.images.flatten(1)
    model = seeded(lambda: VAE(64, HIDDEN, c.latents), c.seed)
    draws, judge = generator(c.seed + 1), digit_classifier()
    optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, c.steps)
    own_noise = torch.randn(len(x), c.latents, generator=generator(c.seed + 2))
    prior_noise = torch.randn(DRAWN, c.latents, generator=generator(c.seed + 3))
    plain = c.objective == AUTOENCODER

    def step() -> None:
        batch = given[torch.randint(len(given), (BATCH,), generator=draws)]
        noise = torch.randn(BATCH, c.latents, generator=draws)
        if plain:
            loss = -log_likelihood(batch, model.decode(model.encode(batch)[0])).mean()
        else:
            drawn, trace = model(batch, noise)
            loss = -OBJECTIVES[c.objective](batch, drawn, trace, c.beta).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

    @torch.no_grad()
    def evaluate() -> Snapshot:
        drawn, (mean, log_variance, _) = model(x, own_noise)
        kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).mean(0)
        return Snapshot(log_likelihood(x, drawn).mean(), kl)

    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            codes, given_codes = model.encode(x)[0], model.encode(given)[0]
            plane = plane_of(codes, held_out.labels, model.decode, REACH if c.latents == 2 and not plain else None)
            mean = given_codes.mean(0)
            root = torch.linalg.cholesky(given_codes.T.cov() + 1e-6 * torch.eye(c.latents))
            samples, fitted = model.decode(prior_noise), model.decode(mean + prior_noise @ root.T)
            likelihood = fitted_likelihood = float("nan")
            if progress.done and c.latents == 2:
                likelihood = exact_likelihood(model, x, torch.zeros(2), torch.eye(2))
                fitted_likelihood = exact_likelihood(model, x, mean, root)
            elif progress.done:
                noise = torch.randn(SAMPLES, len(x), c.latents, generator=generator(c.seed + 4))
                likelihood = model.importance_log_likelihood(x, noise).mean().item()
            result = LatentMapResult(
                c, progress, held_out.labels, reconstruction_error(x, model.decode(codes)).item(), plane,
                samples, judged(judge, samples), fitted, judged(judge, fitted), likelihood, fitted_likelihood,
                parameter_count(model),
            )  # fmt: skip
        yield result


def measure(result: LatentMapResult) -> Measurements:
    newest = result.progress.newest
    kl = newest.kl.sum().item()
    bound = newest.reconstruction.item() - kl
    return {
        "log_likelihood_nats": result.likelihood,
        "bound_nats": bound,
        "gap_nats": result.likelihood - bound,
        "fitted_gain_nats": result.fitted_likelihood - result.likelihood,
        "kl_nats": kl,
        "reconstruction_nats": newest.reconstruction.item(),
        "active_latents": int((newest.kl > ACTIVE).sum()),
        "fitted_log_likelihood_nats": result.fitted_likelihood,
        "readable_percent": 100 * readable_share(result.judged),
        "classes_of_samples": effective_classes(result.judged),
        "fitted_readable_percent": 100 * readable_share(result.fitted_judged),
        "held_out_error": result.error,
        "latents": result.controls.latents,
    }
