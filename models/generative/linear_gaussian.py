"""A decoder that is linear, with Gaussian noise: likelihood, posterior and bound in closed form.

Papers: Tipping & Bishop 1999, "Probabilistic Principal Component Analysis" (the model and its fit); Lucas et al. 2019,
"Don't Blame the ELBO!" (it as a VAE); Cremer et al. 2018, "Inference Suboptimality in Variational Autoencoders" (the
two parts of the gap); Burda et al. 2015, "Importance Weighted Autoencoders", equation 8.

Symbols
    x = W z + b + s ε  data (B, P)        z  latents (B, Z), prior N(0, I)        W  (P, Z)        b  (P,)
    q = N(μ, diag σ²)  approximate posterior        M = I + WᵀW/s²  precision of the posterior (Z, Z)
    S  importance samples        F  hidden units
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.generative.vae import gaussian_kl, log_normal


class LinearGaussian(NamedTuple):
    W: Tensor  # (P, Z)
    b: Tensor  # (P,)
    variance: Tensor  # () s²


class Posterior(NamedTuple):
    mean: Tensor  # (B, Z)
    log_variance: Tensor  # (B, Z)


def fitted(x: Tensor, latents: int) -> LinearGaussian:
    """W = V (Λ − s² I)^½, s² the mean of the other eigenvalues of the covariance: the maximum likelihood.

    x (B, P)
    """
    eigenvalues, vectors = torch.linalg.eigh((x - x.mean(0)).T.cov(correction=0))
    eigenvalues, vectors = eigenvalues.flip(0), vectors.flip(1)
    variance = eigenvalues[latents:].mean()
    W = vectors[:, :latents] * (eigenvalues[:latents] - variance).sqrt()  # (P, Z)
    return LinearGaussian(W, x.mean(0), variance)


def paired_rotation(latents: int, degrees: float) -> Tensor:
    """R turns the first latent with the last, the second with the last but one, …; at 90° it exchanges them.  (Z, Z)"""
    R, angle = torch.eye(latents), math.radians(degrees)
    for i in range(latents // 2):
        j = latents - 1 - i
        R[i, i] = R[j, j] = math.cos(angle)
        R[i, j], R[j, i] = -math.sin(angle), math.sin(angle)
    return R


def rotated(model: LinearGaussian, rotation: Tensor) -> LinearGaussian:
    """W R with R orthogonal (Z, Z): other latents, the same distribution of x."""
    return model._replace(W=model.W @ rotation)


def log_likelihood(model: LinearGaussian, x: Tensor) -> Tensor:
    """log N(x; b, W Wᵀ + s² I), in nats.  (B, P) → (B,)"""
    P = len(model.b)
    covariance = model.W @ model.W.T + model.variance * torch.eye(P)  # (P, P)
    return torch.distributions.MultivariateNormal(model.b, covariance, validate_args=False).log_prob(x)


def precision(model: LinearGaussian) -> Tensor:
    """M = I + WᵀW/s²  (Z, Z)"""
    return torch.eye(model.W.shape[1]) + model.W.T @ model.W / model.variance


def posterior_mean(model: LinearGaussian, x: Tensor) -> Tensor:
    """E[z | x] = M⁻¹ Wᵀ (x − b)/s²  (B, P) → (B, Z)"""
    return torch.linalg.solve(precision(model), model.W.T @ (x - model.b).T / model.variance).T


def bound(model: LinearGaussian, x: Tensor, q: Posterior) -> Tensor:
    """E_q log p(x | z) − KL(q ‖ p): the ELBO, here without sampling.  (B, P) → (B,)

    E_q log p(x | z) = log N(x; W μ + b, s² I) − Σ_i σ_i² ‖w_i‖² / 2s².
    """
    at_mean = log_normal(x, q.mean @ model.W.T + model.b, model.variance.log())  # (B,)
    spread = (q.log_variance.exp() * model.W.square().sum(0)).sum(-1) / (2 * model.variance)  # (B,)
    return at_mean - spread - gaussian_kl(q.mean, q.log_variance)


def family_gap(model: LinearGaussian) -> Tensor:
    """½ (Σ_i log M_ii − log det M): what the best diagonal q leaves, the same for all x.  → ()"""
    M = precision(model)
    return 0.5 * (M.diagonal().log().sum() - torch.logdet(M))


def sampled_kl(q: Posterior, noise: Tensor) -> Tensor:
    """log q(z) − log p(z) of samples z ~ q, whose mean is KL(q ‖ N(0, I)).  noise (S, B, Z) → (S, B)"""
    z = q.mean + (q.log_variance / 2).exp() * noise  # (S, B, Z)
    return log_normal(z, q.mean, q.log_variance) - log_normal(z, 0.0, 0.0)


def log_weights(model: LinearGaussian, x: Tensor, q: Posterior, noise: Tensor) -> Tensor:
    """log p(x, z)/q(z) of samples z ~ q.  x (B, P), noise (S, B, Z) → (S, B)"""
    z = q.mean + (q.log_variance / 2).exp() * noise  # (S, B, Z)
    log_joint = log_normal(x, z @ model.W.T + model.b, model.variance.log()) + log_normal(z, 0.0, 0.0)  # (S, B)
    return log_joint - log_normal(z, q.mean, q.log_variance)


def importance_bound(log_weight: Tensor) -> Tensor:
    """log 1/S Σ p(x, z)/q(z): on average below log p(x), and closer with more samples.  Burda et al.  (S, B) → (B,)"""
    return log_weight.logsumexp(dim=0) - math.log(len(log_weight))


class Encoder(nn.Module):
    """One network for all x: μ and log σ² from x, with one hidden layer."""

    def __init__(self, pixels: int, hidden: int, latents: int) -> None:
        super().__init__()
        self.to_hidden = nn.Linear(pixels, hidden)
        self.to_mean, self.to_log_variance = nn.Linear(hidden, latents), nn.Linear(hidden, latents)

    def forward(self, x: Tensor) -> Posterior:
        """(B, P) → (B, Z) each"""
        h = torch.tanh(self.to_hidden(x))  # (B, F)
        return Posterior(self.to_mean(h), self.to_log_variance(h))


def optimised(model: LinearGaussian, x: Tensor, q: Posterior, steps: int, rate: float = 0.05) -> Posterior:
    """μ and log σ² of each x by themselves, from q on: Adam on the bound, its rate falling to 1 %.  (B, P) → (B, Z)"""
    found = [each.detach().clone().requires_grad_() for each in q]
    optimizer = torch.optim.Adam(found, rate, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, max(steps, 1))
    for _ in range(steps):
        loss = -bound(model, x, Posterior(*found)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return Posterior(*(each.detach() for each in found))
