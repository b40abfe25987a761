"""A mixture of round Gaussians: density, score and posterior mean in closed form, with any amount of noise.

Papers: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", equation 4 (the noise);
Robbins 1956, "An Empirical Bayes Approach to Statistics", and Efron 2011, "Tweedie's Formula and Selection Bias"
(the posterior mean from the score).

Noise keeps a mixture a mixture: component k of x_t = √ᾱ x_0 + √(1 − ᾱ) ε has the mean √ᾱ m_k and the variance
ᾱ v_k + 1 − ᾱ, while the weights stay. So whatever a generative model has to learn is known here.

Symbols
    K  components        D  coordinates        N  points        … any further dimensions of the points
    w_k  weight        m_k  mean        v_k  variance of each coordinate        r_k(x)  posterior of component k
    ᾱ  share of the data's variance left (`noise_schedule`)        σ  noise added to unscaled data
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Mixture(NamedTuple):
    """Σ_k w_k N(m_k, v_k I); the weights sum to one."""

    weights: Tensor  # (K,)
    means: Tensor  # (K, D)
    variances: Tensor  # (K,)


def two_modes(apart: float, share: float = 0.5, deviation: float = 0.3) -> Mixture:
    """Two modes of the plane at (± apart/2, 0); the left one holds `share` of the mass."""
    means = torch.tensor([[-apart / 2, 0.0], [apart / 2, 0.0]])
    return Mixture(torch.tensor([share, 1 - share]), means, torch.full((2,), deviation**2))


def ring(K: int, radius: float = 2.0, deviation: float = 0.15, weights: Sequence[float] | None = None) -> Mixture:
    """K modes at equal distances on a circle; equally likely, unless `weights` says otherwise (any scale)."""
    angle = 2 * math.pi * torch.arange(K) / K  # (K,)
    means = radius * torch.stack([angle.cos(), angle.sin()], dim=-1)  # (K, D)
    shares = torch.tensor(weights) if weights else torch.ones(K)
    return Mixture(shares / shares.sum(), means, torch.full((K,), deviation**2))


def islands(means: Tensor, deviation: float) -> Mixture:
    """Equally likely modes at these places.  (K, D)"""
    K = len(means)
    return Mixture(torch.full((K,), 1 / K), means, torch.full((K,), deviation**2))


def noised(mixture: Mixture, a: Tensor | float) -> Mixture:
    """The mixture of x_t = √ᾱ x_0 + √(1 − ᾱ) ε: means √ᾱ m_k, variances ᾱ v_k + 1 − ᾱ.  Ho et al., equation 4."""
    return Mixture(mixture.weights, a**0.5 * mixture.means, a * mixture.variances + (1 - a))


def smoothed(mixture: Mixture, sigma: Tensor | float) -> Mixture:
    """The mixture of x + σ ε: the same means, variances v_k + σ²."""
    return Mixture(mixture.weights, mixture.means, mixture.variances + sigma**2)


def log_joint(mixture: Mixture, x: Tensor) -> Tensor:
    """log w_k + log N(x; m_k, v_k I), in nats.  (…, D) → (…, K)"""
    squares = (x[..., None, :] - mixture.means).square().sum(-1)  # (…, K)
    D = mixture.means.shape[-1]
    return mixture.weights.log() - (squares / mixture.variances + D * (2 * math.pi * mixture.variances).log()) / 2


def log_density(mixture: Mixture, x: Tensor) -> Tensor:
    """log p(x) = log Σ_k w_k N(x; m_k, v_k I), in nats.  (…, D) → (…)"""
    return log_joint(mixture, x).logsumexp(-1)


def responsibilities(mixture: Mixture, x: Tensor) -> Tensor:
    """r_k(x) = w_k N(x; m_k, v_k I) / p(x): how likely x comes from component k.  (…, D) → (…, K)"""
    return log_joint(mixture, x).softmax(-1)


def _pulls(mixture: Mixture, x: Tensor) -> Tensor:
    """u_k = (m_k − x) / v_k, the score of each component alone.  (…, D) → (…, K, D)"""
    return (mixture.means - x[..., None, :]) / mixture.variances[:, None]


def score(mixture: Mixture, x: Tensor) -> Tensor:
    """∇ log p(x) = Σ_k r_k(x) u_k with u_k = (m_k − x)/v_k.  (…, D) → (…, D)"""
    return (responsibilities(mixture, x)[..., None] * _pulls(mixture, x)).sum(-2)


def score_jacobian(mixture: Mixture, x: Tensor) -> Tensor:
    """∇² log p(x) = Σ_k r_k u_k u_kᵀ − s sᵀ − Σ_k (r_k/v_k) I, with s the score.  (…, D) → (…, D, D)"""
    r, u, s = responsibilities(mixture, x), _pulls(mixture, x), score(mixture, x)
    spread = torch.einsum("...k,...ki,...kj->...ij", r, u, u) - s[..., :, None] * s[..., None, :]  # (…, D, D)
    inverse = (r / mixture.variances).sum(-1)  # (…)
    return spread - inverse[..., None, None] * torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)


def posterior_components(mixture: Mixture, x: Tensor, a: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
    """p(x_0 | x_t) as a mixture: r_k(x_t), m_k + √ᾱ v_k (x_t − √ᾱ m_k)/(ᾱ v_k + 1 − ᾱ), v_k (1 − ᾱ)/(ᾱ v_k + 1 − ᾱ).

    (…, D) → (…, K), (…, K, D), (K,)
    """
    at_t = noised(mixture, a)
    gain = a**0.5 * mixture.variances / at_t.variances  # (K,)
    means = mixture.means + gain[:, None] * (x[..., None, :] - at_t.means)  # (…, K, D)
    return responsibilities(at_t, x), means, mixture.variances * (1 - a) / at_t.variances


def posterior_mean(mixture: Mixture, x: Tensor, a: Tensor | float) -> Tensor:
    """E[x_0 | x_t], the best possible denoiser; equal to (x_t + (1 − ᾱ) ∇ log p_t(x_t)) / √ᾱ.  (…, D) → (…, D)"""
    r, means, _ = posterior_components(mixture, x, a)
    return (r[..., None] * means).sum(-2)


def posterior_variance(mixture: Mixture, x: Tensor, a: Tensor | float) -> Tensor:
    """Var(x_0 | x_t), averaged over the coordinates: the squared error no denoiser goes below.  (…, D) → (…)"""
    r, means, variances = posterior_components(mixture, x, a)
    mean = (r[..., None] * means).sum(-2)  # (…, D)
    between = (r * (means - mean[..., None, :]).square().mean(-1)).sum(-1)  # (…)
    return between + (r * variances).sum(-1)


def noise_mean(mixture: Mixture, x: Tensor, a: Tensor | float) -> Tensor:
    """E[ε | x_t] = −√(1 − ᾱ) ∇ log p_t(x_t): the best possible prediction of the noise.  (…, D) → (…, D)"""
    return -((1 - a) ** 0.5) * score(noised(mixture, a), x)


def sample(mixture: Mixture, N: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """N independent points and the component of each.  → (N, D), (N,)"""
    component = torch.multinomial(mixture.weights, N, replacement=True, generator=draws)  # (N,)
    noise = torch.randn(N, mixture.means.shape[-1], generator=draws, dtype=mixture.means.dtype)  # (N, D)
    return mixture.means[component] + mixture.variances[component, None].sqrt() * noise, component


def mode_shares(mixture: Mixture, x: Tensor, within: float = 3.0) -> Tensor:
    """Share of the points that lie within `within` standard deviations of each mean, closest mean first.  (N, D) → (K,)

    They sum to less than one where points lie at no mode; a mode is covered where its share is not near zero.
    """
    squares = (x[:, None, :] - mixture.means).square().sum(-1) / mixture.variances  # (N, K)
    nearest, mode = squares.min(-1)  # (N,)
    counts = torch.bincount(mode[nearest <= within**2], minlength=len(mixture.means))  # (K,)
    return counts / len(x)
