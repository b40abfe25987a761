"""One hidden layer on a line: what its units can represent, and what gradient descent finds.

Papers: Cybenko 1989, "Approximation by Superpositions of a Sigmoidal Function"; Hornik et al. 1989, "Multilayer
Feedforward Networks are Universal Approximators"; Leshno et al. 1993, "Multilayer Feedforward Networks With a
Nonpolynomial Activation Function Can Approximate Any Function".

Symbols
    x  inputs (P, 1)      w, b  weights and biases of the hidden units (n)       h  hidden units (P, n)
    v  output weights (n, 1)      c  output bias (1)       y  outputs (P, 1)       t  targets (P, 1)      n  units
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator

Activation = Callable[[Tensor], Tensor]


def hidden(x: Tensor, w: Tensor, b: Tensor, activation: Activation) -> Tensor:
    """h = φ(x w + b). (P, n)"""
    return activation(x * w + b)


def output(h: Tensor, v: Tensor, c: Tensor) -> Tensor:
    """y = h v + c: a weighted sum of the units. (P, 1)"""
    return h @ v + c


def best_output_weights(h: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """The v and c with the smallest Σ (h v + c − t)²: least squares, of smallest norm where there are several."""
    columns = torch.cat([h, torch.ones_like(h[:, :1])], dim=1)  # (P, n + 1)
    found = torch.linalg.lstsq(columns, t, driver="gelsd").solution  # (n + 1, 1)
    return found[:-1], found[-1]


def rms_error(y: Tensor, t: Tensor) -> Tensor:
    """√ mean (y − t)²"""
    return (y - t).square().mean().sqrt()


class Layer(NamedTuple):
    """The weights of one network."""

    w: Tensor  # (n)
    b: Tensor  # (n)
    v: Tensor  # (n, 1)
    c: Tensor  # (1)


def start(n: int, steepness: float, seed: int) -> Layer:
    """Each unit crosses 0 somewhere in [−1, 1], with a normal slope times ``steepness``; small output weights."""
    draws = generator(seed)
    w = steepness * torch.randn(n, generator=draws, dtype=torch.float64)
    crossing = 2 * torch.rand(n, generator=draws, dtype=torch.float64) - 1
    v = torch.randn(n, 1, generator=draws, dtype=torch.float64) / n**0.5
    return Layer(w, -w * crossing, v, torch.zeros(1, dtype=torch.float64))


class Descent:
    """Adam on all weights, in float32; every step sees all points."""

    def __init__(self, x: Tensor, t: Tensor, layer: Layer, activation: Activation, learning_rate: float) -> None:
        self.x, self.t, self.activation = x.float(), t.float(), activation
        self.layer = Layer(*(one.float().clone().requires_grad_() for one in layer))
        self.optimizer = torch.optim.Adam(self.layer, learning_rate, fused=True)

    def step(self) -> None:
        h = hidden(self.x, self.layer.w, self.layer.b, self.activation)
        self.optimizer.zero_grad()
        (output(h, self.layer.v, self.layer.c) - self.t).square().mean().backward()
        self.optimizer.step()

    @torch.no_grad()
    def evaluate(self) -> Layer:
        """The weights now, in float64."""
        return Layer(*(one.detach().double().clone() for one in self.layer))
