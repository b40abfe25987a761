"""Multilayer perceptrons with tanh units, R of them side by side: what other small networks are compared with.

Symbols
    x  inputs (..., I)     W  weights (..., O, I)     b  biases (..., O)     R  networks     P  points
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.seeding import generator

START = 1.5
"""Weights at the start have a standard deviation of so much over √inputs."""


def affine(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """W x + b.  (..., I) → (..., O)"""
    return (weight * x[..., None, :]).sum(-1) + bias


class TanhNetwork(nn.Module):
    """W_L tanh(… tanh(W_1 x + b_1) …) + b_L"""

    def __init__(self, widths: Sequence[int], seed: int, networks: int) -> None:
        super().__init__()
        draws = generator(seed)
        pairs = list(pairwise(widths))
        self.weights = nn.ParameterList(
            START / i**0.5 * torch.randn(networks, 1, o, i, generator=draws, dtype=torch.double) for i, o in pairs
        )
        self.biases = nn.ParameterList(
            torch.randn(networks, 1, o, generator=draws, dtype=torch.double) for _, o in pairs
        )

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Outputs (R, P, O) for inputs (R, P, I), and the outputs of each hidden layer."""
        hidden = []
        for weight, bias in zip(list(self.weights)[:-1], list(self.biases)[:-1]):
            x = affine(x, weight, bias).tanh()  # (R, P, H)
            hidden.append(x)
        return affine(x, self.weights[-1], self.biases[-1]), hidden


def widths_of(parameters: int, inputs: int, hidden_layers: int) -> list[int]:
    """Widths of a network with one output and one or two equal hidden layers, of about so many parameters."""
    if hidden_layers == 1:  # H (inputs + 2) + 1
        return [inputs, max(1, round((parameters - 1) / (inputs + 2))), 1]
    linear = inputs + 3  # H² + H (inputs + 3) + 1
    return [inputs, *[max(1, round((math.sqrt(linear**2 + 4 * (parameters - 1)) - linear) / 2))] * 2, 1]
