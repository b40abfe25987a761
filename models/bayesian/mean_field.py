"""Bayes by backprop: each weight has a normal distribution of its own, whose mean and width are learned by gradient.

Work: Blundell et al. 2015, "Weight Uncertainty in Neural Networks" (the reparameterised draw,
and the cost per minibatch).

Symbols
    K  weights    R  trainings side by side    S  draws per step    P  inputs    B  points in a minibatch
    μ, σ  mean and width of each weight (R, K)    ρ  what σ is made of (R, K)    ε  normal draws (S, R, K)
    s  standard deviation of each weight's prior (K)    π  share of the divergence that a minibatch pays
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from models.bayesian.curve_network import Activation, output


def width(rho: Tensor) -> Tensor:
    """σ = log(1 + exp(ρ)): positive whatever ρ.  (R, K)"""
    return softplus(rho)


def draw(mu: Tensor, sigma: Tensor, epsilon: Tensor) -> Tensor:
    """θ = μ + σ ε: the chance is in ε, so gradients reach μ and σ.  (S, R, K)"""
    return mu + sigma * epsilon


def divergence(mu: Tensor, sigma: Tensor, s: Tensor) -> Tensor:
    """KL(q ‖ prior) = Σ over weights of ½ (σ² + μ²)/s² − ½ − log(σ/s).  (R, K) → (R)"""
    return (((sigma / s).square() + (mu / s).square() - 1) / 2 - (sigma / s).log()).sum(-1)


def minibatch_cost(data: Tensor, kl: Tensor, pi: float) -> Tensor:
    """L = data cost of the minibatch + π KL. Over all minibatches the shares π must sum to 1.  (R) → (R)"""
    return data + pi * kl


class MeanFieldTrace(NamedTuple):
    theta: Tensor  # (S, R, K) the drawn weights


class MeanField(nn.Module):
    """Curves of a network with one hidden layer, one per draw of its weights."""

    def __init__(self, trainings: int, weights: int, activation: Activation) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.empty(trainings, weights))
        self.rho = nn.Parameter(torch.empty(trainings, weights))
        self.activation = activation

    @torch.no_grad()
    def start(self, s: Tensor, narrow: float, draws: torch.Generator) -> "MeanField":
        """Means from the prior, but closer; all widths ``narrow``."""
        self.mean.copy_(0.7 * s * torch.randn(self.mean.shape, generator=draws))
        self.rho.fill_(math.log(math.expm1(narrow)))
        return self

    def forward(self, x: Tensor, draws: torch.Generator, count: int) -> tuple[Tensor, MeanFieldTrace]:
        epsilon = torch.randn(count, *self.mean.shape, generator=draws)  # (S, R, K)
        theta = draw(self.mean, width(self.rho), epsilon)  # (S, R, K)
        return output(theta, x, self.activation), MeanFieldTrace(theta)
