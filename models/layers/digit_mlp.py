"""A multilayer perceptron for 8×8 digits: linear layers with biases, an activation function between two of them.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", chapter 6.

Symbols
    R  networks of one shape, side by side      x  pixels (B, I)               φ  activation function
    B  digits      I = 64  pixels               z  pre-activations (R, B, F)   h  hidden units (R, B, F)
    F  hidden units of a layer                  W  weights of a layer          b  its biases
    L  hidden layers      Y = 10  classes
"""

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.seeding import generator

Activation = Callable[[Tensor], Tensor]


class MLPTrace(NamedTuple):
    """Of every hidden layer, from the first to the last."""

    z: list[Tensor]  # (R, B, F) each
    h: list[Tensor]  # (R, B, F) each


def layer(h: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """z = h W + b"""
    return h @ W + b


def each(functions: Sequence[Activation]) -> Activation:
    """One activation function per network: the r-th is applied to z[r]."""
    return lambda z: torch.stack([phi(own) for phi, own in zip(functions, z, strict=True)])


class DigitMLP(nn.Module):
    """R networks of one shape on the same digits; ``gain`` and ``last_gain`` multiply the weights of the start."""

    def __init__(
        self, activation: Activation, *, networks: int = 1, inputs: int = 64, hidden: int = 32, depth: int = 3,
        classes: int = 10, gain: Sequence[float] | float = 1.0, last_gain: float = 1.0, seed: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.activation = activation
        widths = [inputs, *[hidden] * depth, classes]
        draws = generator(seed)
        scale = torch.as_tensor(gain, dtype=torch.float32).expand(networks)[:, None, None]
        self.W, self.b = nn.ParameterList(), nn.ParameterList()
        for number, (fan_in, fan_out) in enumerate(pairwise(widths)):
            start = torch.randn(fan_in, fan_out, generator=draws) / fan_in**0.5
            start = start * (last_gain if number == depth else scale)
            self.W.append(nn.Parameter(start.expand(networks, -1, -1).clone()))
            self.b.append(nn.Parameter(torch.zeros(networks, 1, fan_out)))

    def given(self, activation: Activation) -> "DigitMLP":
        """The same weights, shared, with another activation function."""
        other = copy.copy(self)
        other._modules = {name: part for name, part in self._modules.items() if name != "activation"}  # if it learns
        other.activation = activation
        return other

    def forward(self, x: Tensor) -> tuple[Tensor, MLPTrace]:
        trace = MLPTrace([], [])
        h = x
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            z = layer(h, W, b)  # (R, B, F)
            h = self.activation(z)  # (R, B, F)
            trace.z.append(z)
            trace.h.append(h)
        logits = layer(h, self.W[-1], self.b[-1])  # (R, B, Y)
        return logits, trace
