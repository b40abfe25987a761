"""Hypernetwork: one network makes the weights of another, here from the number of a task.

Papers: Ha, Dai & Le 2016, "HyperNetworks"; Chang, Flokas & Lipson 2020, "Principled Weight Initialization for
Hypernetworks" (common starts make weights of the wrong scale).

Symbols
    z  task numbers (K,)      u  hidden units of the generator (K, G)     w  generated weights (K, n), n = 3 H + 1
    x  inputs (P,)            y  outputs (K, P)      H  hidden units of the main network      K  tasks
    a, b  input weights and biases (K, H)            v, c  output weights (K, H) and bias (K, 1)
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from models.seeding import generator

INPUT_SCALE, BIAS_SCALE = 4.0, 2.0
"""Standard deviations that the main network's input weights and biases are to have at the start; outputs: 1/√H."""

SPREAD = 0.3
"""Of the generated weights over tasks at the start, as a share of those."""


def hidden_units(z: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """u = tanh(W₁ z + b₁).  (K,) → (K, G)"""
    return torch.tanh(linear(z[:, None], weight, bias))


def generated_weights(u: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """w = W₂ u + b₂: all weights of the main network.  (K, G) → (K, n)"""
    return linear(u, weight, bias)


def main_network(x: Tensor, w: Tensor) -> Tensor:
    """y = Σ_j v_j tanh(a_j x + b_j) + c, for every task.  (P,), (K, n) → (K, P)"""
    a, b, v, c = parted(w)
    h = torch.tanh(a[:, None] * x[:, None] + b[:, None])  # (K, P, H)
    return (v[:, None] * h).sum(-1) + c


def parted(w: Tensor) -> tuple[Tensor, ...]:
    """(K, 3 H + 1) → a, b and v (K, H), c (K, 1)"""
    units = (w.shape[-1] - 1) // 3
    return w.split([units, units, units, 1], -1)


def wanted_scale(units: int) -> Tensor:
    """Standard deviation of each of the main network's weights at a good start.  (n,)"""
    ones = torch.ones(units)
    return torch.cat([INPUT_SCALE * ones, BIAS_SCALE * ones, units**-0.5 * ones, torch.zeros(1)])


def uniform(*shape: int, draws: torch.Generator) -> Tensor:
    """Uniform from −1 to 1."""
    return 2 * torch.rand(*shape, generator=draws) - 1


def default_start(units: int, width: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Uniform within ±1/√G, as ``nn.Linear`` starts, whatever it generates."""
    n = 3 * units + 1
    return uniform(n, width, draws=draws) / width**0.5, uniform(n, draws=draws) / width**0.5


def scaled_start(units: int, width: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Normal, with the standard deviations that the main network's weights are to have."""
    scale, n = wanted_scale(units), 3 * units + 1
    weight = SPREAD * scale[:, None] * torch.randn(n, width, generator=draws) / width**0.5  # (n, G)
    return weight, scale * torch.randn(n, generator=draws)


def scaled_uniform_start(units: int, width: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Uniform, with the same standard deviations: a uniform number from −1 to 1 has 1/√3."""
    scale, n = 3**0.5 * wanted_scale(units), 3 * units + 1
    weight = SPREAD * scale[:, None] * uniform(n, width, draws=draws) / width**0.5  # (n, G)
    return weight, scale * uniform(n, draws=draws)


Start = Callable[[int, int, torch.Generator], tuple[Tensor, Tensor]]


class Hypernetwork(nn.Module):
    """Task number → weights of a main network with ``units`` hidden units → its outputs.

    ``start`` makes the last layer: (n, G) and (n,) from ``units``, G and a source of randomness.
    """

    def __init__(self, units: int, width: int, seed: int, start: Start) -> None:
        super().__init__()
        draws = generator(seed)
        first, first_bias = uniform(width, 1, draws=draws), uniform(width, draws=draws)
        second, second_bias = start(units, width, draws)
        self.first, self.first_bias = nn.Parameter(first), nn.Parameter(first_bias)
        self.second, self.second_bias = nn.Parameter(second), nn.Parameter(second_bias)

    def weights(self, z: Tensor) -> Tensor:
        """(K,) → (K, n)"""
        return generated_weights(hidden_units(z, self.first, self.first_bias), self.second, self.second_bias)

    def forward(self, z: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs (K, P), and the weights (K, n) that gave them."""
        w = self.weights(z)  # (K, n)
        return main_network(x, w), w


class TaskAsInput(nn.Module):
    """The plain alternative: y = f(z, x) by one perceptron with two hidden layers of tanh units."""

    def __init__(self, width: int, seed: int) -> None:
        super().__init__()
        draws = generator(seed)
        shapes = [(width, 2), (width, width), (1, width)]
        self.weights = nn.ParameterList(
            scale * torch.randn(o, i, generator=draws) / i**0.5 for (o, i), scale in zip(shapes, (3.0, 1.0, 1.0))
        )
        self.biases = nn.ParameterList(torch.randn(o, generator=draws) for o, _ in shapes)

    def forward(self, z: Tensor, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Outputs (K, P), and the outputs of each hidden layer."""
        pairs = torch.stack(torch.broadcast_tensors(z[:, None], x), -1)  # (K, P, 2)
        first = torch.tanh(linear(pairs, self.weights[0], self.biases[0]))  # (K, P, F)
        second = torch.tanh(linear(first, self.weights[1], self.biases[1]))  # (K, P, F)
        return linear(second, self.weights[2], self.biases[2]).squeeze(-1), [first, second]
