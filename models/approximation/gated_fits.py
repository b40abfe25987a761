"""Small networks of two inputs, plain and gated, trained side by side: what a product of two projections can fit.

Paper: Shazeer 2020, "GLU Variants Improve Transformer", equations 1 to 6; with biases, as its equation 4 has them.

Symbols
    x  inputs (N, 2)          W, b  gate or only projection (R, 2, F), (R, 1, F)      V, c  value, alike
    F  hidden neurons         W₂, b₂  output (R, F, 1), (R, 1, 1)                     R  networks side by side
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.layers.activations import relu
from models.layers.swiglu import swiglu, swish
from models.seeding import generator

Join = Callable[[Tensor, Tensor], Tensor]
"""What a gated layer makes of xW + b and xV + c."""

START_BIAS = 0.5


def bilinear(gate: Tensor, value: Tensor) -> Tensor:
    """Bilinear = (xW + b) ⊗ (xV + c), a gate without a function."""
    return gate * value


def swish_plus(gate: Tensor, value: Tensor) -> Tensor:
    """Swish(xW + b) + (xV + c): a sum in place of the product; no layer of the paper."""
    return swish(gate) + value


class Fit(nn.Module):
    """ŷ = φ(xW + b) W₂ + b₂, R networks at once."""

    def __init__(self, networks: int, hidden: int, seed: int, activation: Callable[[Tensor], Tensor] = relu) -> None:
        super().__init__()
        self.activation = activation
        draws = generator(seed)
        self.gate, self.gate_bias = self._projection(networks, hidden, draws)
        self.out = nn.Parameter(torch.randn(networks, hidden, 1, generator=draws) * (2 / hidden) ** 0.5)
        self.out_bias = nn.Parameter(torch.zeros(networks, 1, 1))
        self.draws = draws

    @staticmethod
    def _projection(networks: int, hidden: int, draws: torch.Generator) -> tuple[nn.Parameter, nn.Parameter]:
        weight = torch.randn(networks, 2, hidden, generator=draws)
        bias = START_BIAS * torch.randn(networks, 1, hidden, generator=draws)
        return nn.Parameter(weight), nn.Parameter(bias)

    def neurons(self, x: Tensor) -> Tensor:
        """(R, N, F)"""
        return self.activation(x @ self.gate + self.gate_bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs (R, N) for inputs (N, 2), and the hidden neurons (R, N, F)."""
        neurons = self.neurons(x)  # (R, N, F)
        y = neurons @ self.out + self.out_bias  # (R, N, 1)
        return y[..., 0], neurons


class GatedFit(Fit):
    """ŷ = join(xW + b, xV + c) W₂ + b₂, R networks at once."""

    def __init__(self, networks: int, hidden: int, seed: int, join: Join = swiglu) -> None:
        super().__init__(networks, hidden, seed)
        self.join = join
        self.value, self.value_bias = self._projection(networks, hidden, self.draws)

    def neurons(self, x: Tensor) -> Tensor:
        return self.join(x @ self.gate + self.gate_bias, x @ self.value + self.value_bias)

    def exchanged(self, x: Tensor) -> Tensor:
        """Outputs (R, N) with the two projections in each other's place: one fused matrix, read in the wrong order."""
        neurons = self.join(x @ self.value + self.value_bias, x @ self.gate + self.gate_bias)  # (R, N, F)
        return (neurons @ self.out + self.out_bias)[..., 0]


def relative_error(y: Tensor, target: Tensor) -> Tensor:
    """mean (ŷ − y)² / variance of y: 1 is the error of guessing the mean. (…, N), (…, N) → (…)"""
    variance = target.var(dim=-1, correction=0)  # (...)
    return ((y - target) ** 2).mean(dim=-1) / variance
