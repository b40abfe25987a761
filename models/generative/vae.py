"""A variational autoencoder: each code is a distribution, and codes sampled from the prior decode to pictures.

Papers: Kingma & Welling 2013, "Auto-Encoding Variational Bayes", sections 2.2 to 2.4 and appendix B;
Higgins et al. 2017, "β-VAE", equation 4; Burda et al. 2015, "Importance Weighted Autoencoders", equation 8.

Symbols
    x  pictures (B, P)        z  latent (B, Z)          P  pixels      Z  size of the latent
    μ, log σ²  of q(z|x) (B, Z)                         s  fixed standard deviation of a pixel around its mean
    S  samples of z per picture        G  points of a grid of latents        β  weight of the KL
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

PIXEL_SPREAD = 0.3


class VAETrace(NamedTuple):
    mean: Tensor  # (B, Z)
    log_variance: Tensor  # (B, Z)
    latent: Tensor  # (B, Z)


def reparameterised(mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
    """z = μ + σ ⊙ ε: a sample through which gradients reach μ and σ.  Section 2.4."""
    return mean + (log_variance / 2).exp() * noise


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(q ‖ N(0, I)) = ½ Σ (μ² + σ² − log σ² − 1), in nats.  Appendix B.  (B, Z) → (B,)"""
    return 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(dim=-1)


def log_normal(x: Tensor, mean: Tensor | float, log_variance: Tensor | float) -> Tensor:
    """log N(x; μ, σ²), summed over the last axis, in nats."""
    log_variance = torch.as_tensor(log_variance, dtype=x.dtype, device=x.device)
    return -0.5 * ((x - mean).square() / log_variance.exp() + log_variance + math.log(2 * math.pi)).sum(dim=-1)


def log_likelihood(x: Tensor, drawn: Tensor) -> Tensor:
    """log p(x|z) of independent pixels, each normal around its decoded mean with deviation s.  (..., P) → (...)"""
    return log_normal(x, drawn, 2 * math.log(PIXEL_SPREAD))


def elbo(x: Tensor, drawn: Tensor, trace: VAETrace, beta: float = 1.0) -> Tensor:
    """E_q log p(x|z) − β KL(q(z|x) ‖ p(z)), in nats per picture; β = 1 is the bound.  Equation 3.  (B,)"""
    return log_likelihood(x, drawn) - beta * gaussian_kl(trace.mean, trace.log_variance)


def averaged_reconstruction(x: Tensor, drawn: Tensor, trace: VAETrace, beta: float = 1.0) -> Tensor:
    """A known mistake: log p(x|z) averaged over the pixels beside a summed KL, in effect β P for β.  (B,)"""
    return log_likelihood(x, drawn) / x.shape[-1] - beta * gaussian_kl(trace.mean, trace.log_variance)


def grid_log_likelihood(x: Tensor, drawn: Tensor, latent: Tensor, cell: float) -> Tensor:
    """log p(x) = log ∫ p(x|z) p(z) dz as a sum over cells of a fine grid: exact for two latents.

    ``drawn`` (G, P) is decoded from ``latent`` (G, Z), in units of the prior; ``cell`` is the volume per grid point.
    x (B, P) → (B,)
    """
    P = x.shape[-1]
    squares = torch.cdist(x, drawn).square() / PIXEL_SPREAD**2  # (B, G)
    log_weight = log_normal(latent, 0.0, 0.0) + math.log(cell)  # (G,)
    return (log_weight - 0.5 * squares).logsumexp(dim=-1) - P * math.log(PIXEL_SPREAD * (2 * math.pi) ** 0.5)


class VAE(nn.Module):
    """q(z|x) = N(μ(x), σ²(x)) and p(x|z) = N(x̂(z), s²), each with one hidden layer."""

    def __init__(self, pixels: int = 64, hidden: int = 128, latent: int = 2) -> None:
        super().__init__()
        self.to_hidden = nn.Linear(pixels, hidden)
        self.to_mean, self.to_log_variance = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.from_latent, self.widen = nn.Linear(latent, hidden), nn.Linear(hidden, hidden)
        self.to_pixels = nn.Linear(hidden, pixels)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """μ and log σ² of q(z|x), each (B, Z)."""
        hidden = gelu(self.to_hidden(x))  # (B, F)
        return self.to_mean(hidden), self.to_log_variance(hidden)

    def decode(self, z: Tensor) -> Tensor:
        """The mean of p(x|z): (..., Z) → (..., P)."""
        return self.to_pixels(gelu(self.widen(gelu(self.from_latent(z)))))

    def forward(self, x: Tensor, noise: Tensor) -> tuple[Tensor, VAETrace]:
        """Reconstruct each picture from one sample of z; ``noise`` (B, Z) is the chance in it."""
        mean, log_variance = self.encode(x)
        latent = reparameterised(mean, log_variance, noise)  # (B, Z)
        return self.decode(latent), VAETrace(mean, log_variance, latent)

    def importance_log_likelihood(self, x: Tensor, noise: Tensor) -> Tensor:
        """log 1/S Σ p(x|z) p(z) / q(z|x), z ~ q: → log p(x) as S grows.  Burda et al., equation 8.

        x (B, P), noise (S, B, Z) → (B,)
        """
        mean, log_variance = self.encode(x)
        z = reparameterised(mean, log_variance, noise)  # (S, B, Z)
        log_weight = log_likelihood(x, self.decode(z)) + log_normal(z, 0.0, 0.0) - log_normal(z, mean, log_variance)
        return log_weight.logsumexp(dim=0) - math.log(len(noise))
