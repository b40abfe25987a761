"""A mixture density network: a network whose outputs are weights, means and widths of a mixture of Gaussians.

Paper: Bishop 1994, "Mixture Density Networks", technical report NCRG/94/004 (the network, its likelihood, and the
inverse of a bent curve as an example with several right answers).

Symbols
    x  inputs (P, 1)            y  targets (P,)              π_k, μ_k, σ_k  weight, mean, width of component k (P, K)
    g(y)  the curve             ν  noise of x                P  points        K  components        H  hidden units
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.seeding import generator, unfilled

NOISE = 0.05
"""ν"""


class MixtureTrace(NamedTuple):
    """The mixture at every input."""

    log_pi: Tensor  # (P, K)
    mu: Tensor  # (P, K)
    sigma: Tensor  # (P, K)


def log_normal(y: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """log N(y; μ_k, σ_k²) = −½ ((y − μ_k) / σ_k)² − log σ_k − ½ log 2π.  (P,) → (P, K)"""
    return -((y[:, None] - mu) / sigma).square() / 2 - sigma.log() - math.log(2 * math.pi) / 2


def log_mixture(log_pi: Tensor, log_n: Tensor) -> Tensor:
    """log p(y | x) = logsumexp_k (log π_k + log N_k): the largest summand is taken out before the powers.  → (P,)"""
    return torch.logsumexp(log_pi + log_n, -1)


def log_plain_sum(log_pi: Tensor, log_n: Tensor) -> Tensor:
    """A mistake: log Σ_k exp(log π_k + log N_k), which is log 0 in 32 bits once all are beyond about 14 σ.  → (P,)"""
    return torch.log(torch.exp(log_pi + log_n).sum(-1))


def mixture_mean(log_pi: Tensor, mu: Tensor) -> Tensor:
    """E[y | x] = Σ_k π_k μ_k.  → (P,)"""
    return (log_pi.exp() * mu).sum(-1)


def bent_curve(y: Tensor) -> Tensor:
    """g(y) = y + 0.3 sin(2πy): rises, falls, rises again, so that some x has three y."""
    return y + 0.3 * torch.sin(2 * math.pi * y)


def inverse_points(P: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """y uniform from 0 to 1, x = g(y) + ν ε: to be read from x to y.  → (P, 1), (P,)"""
    y = torch.rand(P, generator=draws)  # (P,)
    x = bent_curve(y) + NOISE * torch.randn(P, generator=draws)  # (P,)
    return x[:, None], y


def true_density(x: Tensor, y: Tensor, M: int = 1000) -> Tensor:
    """log p(y | x) = log N(x; g(y), ν²) − log ∫₀¹ N(x; g(u), ν²) du, by M midpoints.  (P, 1), (P,) → (P,)"""
    u = (torch.arange(M) + 0.5) / M  # (M,)
    given = torch.distributions.Normal(bent_curve(y), NOISE).log_prob(x[:, 0])  # (P,)
    total = torch.distributions.Normal(bent_curve(u), NOISE).log_prob(x).logsumexp(-1) - math.log(M)  # (P,)
    return given - total


def near_a_branch(x: Tensor, y: Tensor, deviations: float = 2.0) -> Tensor:
    """|x − g(y)| ≤ 2 ν: y leads back to x up to the noise.  (P, 1), (P,) → (P,)"""
    return (x[:, 0] - bent_curve(y)).abs() <= deviations * NOISE


class MixtureDensityNetwork(nn.Module):
    """One hidden layer; its outputs are, K each, logits of the weights, means and log-widths."""

    def __init__(self, K: int, H: int) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(1, H), nn.Linear(H, 3 * K)

    def forward(self, x: Tensor) -> tuple[Tensor, MixtureTrace]:
        """E[y | x] (P,) for x (P, 1), and the mixture."""
        logits, mu, log_sigma = self.out(torch.tanh(self.hidden(x))).chunk(3, -1)  # (P, K)
        trace = MixtureTrace(logits.log_softmax(-1), mu, log_sigma.exp())
        return mixture_mean(trace.log_pi, mu), trace


def drawn_network(K: int, H: int, seed: int, *, spread: float = 1.0, width: float = 0.2) -> MixtureDensityNetwork:
    """Before training: means at even distances from 0 to ``spread``, and every σ about ``width``."""
    draws = generator(seed)
    with unfilled():
        model = MixtureDensityNetwork(K, H)
    model.to_empty(device="cpu")
    means = spread * (torch.arange(K) + 0.5) / K  # (K,)
    model.hidden.weight.data = 8 * torch.randn(H, 1, generator=draws)
    bends = torch.rand(H, generator=draws)  # (H,) inputs at which a unit bends
    model.hidden.bias.data = -model.hidden.weight.data[:, 0] * bends
    model.out.weight.data = 0.02 * torch.randn(3 * K, H, generator=draws)
    model.out.bias.data = torch.cat([torch.zeros(K), means, torch.full((K,), math.log(width))])
    return model


def sampled(trace: MixtureTrace, draws: torch.Generator) -> Tensor:
    """One y for every input: a component by its weight, then a normal number; NaN where the mixture is.  → (P,)"""
    if not torch.isfinite(trace.log_pi.exp().sum() + trace.mu.sum()):
        return torch.full(trace.mu.shape[:1], math.nan)
    component = torch.multinomial(trace.log_pi.exp(), 1, generator=draws)  # (P, 1)
    noise = torch.randn(len(component), generator=draws)  # (P,)
    return trace.mu.gather(1, component)[:, 0] + trace.sigma.gather(1, component)[:, 0] * noise
