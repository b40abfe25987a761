"""Monte Carlo dropout: the masks of training stay on, and many passes give many curves.

Work: Gal & Ghahramani 2016, "Dropout as a Bayesian Approximation".

Symbols
    R  networks side by side    P  inputs    M  hidden units per layer    T  passes    p  chance of a unit to be dropped
    m  masks, 0 or 1/(1 − p) (…, 1, M) or (…, P, M)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


def mask(shape: tuple[int, ...], p: float, draws: torch.Generator) -> Tensor:
    """m = 0 with probability p, else 1/(1 − p): 1 on average."""
    return (torch.rand(shape, generator=draws) >= p).float() / (1 - p)


def normal_mask(shape: tuple[int, ...], p: float, draws: torch.Generator) -> Tensor:
    """m = 1 + ε √(p/(1 − p)): mean and variance of a dropout mask, without its zeros."""
    return 1 + (p / (1 - p)) ** 0.5 * torch.randn(shape, generator=draws)


def mean_curve(curves: Tensor) -> Tensor:
    """f̄(x) = mean of the passes.  (T, …) → (…)"""
    return curves.mean(0)


def band(curves: Tensor) -> Tensor:
    """Standard deviation of the passes.  (T, …) → (…)"""
    return curves.std(0)


class Masks(NamedTuple):
    first: Tensor  # behind the first hidden layer
    second: Tensor  # behind the second


class MCDropoutTrace(NamedTuple):
    features: Tensor  # (..., P, M) outputs of the second hidden layer, before its mask


class MCDropout(nn.Module):
    """A number → two hidden layers of relu units → a number; one network per row of the first axis."""

    def __init__(self, networks: int, units: int) -> None:
        super().__init__()
        R, M = networks, units
        self.w1, self.b1 = nn.Parameter(torch.empty(R, 1, M)), nn.Parameter(torch.empty(R, 1, M))
        self.w2, self.b2 = nn.Parameter(torch.empty(R, M, M)), nn.Parameter(torch.empty(R, 1, M))
        self.w3, self.b3 = nn.Parameter(torch.empty(R, M, 1)), nn.Parameter(torch.empty(R, 1, 1))

    @torch.no_grad()
    def start(self, draws: torch.Generator) -> "MCDropout":
        """First edges spread over the inputs; then weights as wide as relu layers need."""
        M = self.w1.shape[-1]
        for weight, scale in ((self.w1, 1.5), (self.b1, 1.0), (self.w2, (2 / M) ** 0.5), (self.w3, M**-0.5)):
            weight.copy_(scale * torch.randn(weight.shape, generator=draws))
        self.b2.zero_()
        self.b3.zero_()
        return self

    def forward(self, x: Tensor, masks: Masks | None = None) -> tuple[Tensor, MCDropoutTrace]:
        """x (R, P, 1) → (…, R, P). Without masks every unit stays: evaluation mode."""
        first = (x @ self.w1 + self.b1).relu()  # (R, P, M)
        h = first if masks is None else first * masks.first  # (..., R, P, M)
        features = (h @ self.w2 + self.b2).relu()  # (..., R, P, M)
        h = features if masks is None else features * masks.second  # (..., R, P, M)
        return (h @ self.w3 + self.b3).squeeze(-1), MCDropoutTrace(features)
