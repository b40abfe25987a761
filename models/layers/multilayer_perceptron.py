"""The multilayer perceptron: linear maps with an activation between them, so that hidden units can bend a border.

Works: Goodfellow, Bengio & Courville 2016, "Deep Learning", chapter 6 (deep feedforward networks);
Rumelhart, Hinton & Williams 1986, "Learning representations by back-propagating errors" (hidden units that learn).

Symbols
    x  points (P, N)          P  points              N  inputs             K  classes
    W  weights (M, N)         b  bias (M,)           M  units of a layer   φ  activation
    h  output of a layer      y  labels (P,)         λ  strength of L2     ε  a small step
    S  parameters θ           R  networks at once, side by side
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

Activation = Callable[[Tensor], Tensor]


def identity(z: Tensor) -> Tensor:
    """φ(z) = z: then all layers together are one linear map."""
    return z


ACTIVATIONS: dict[str, Activation] = {
    "tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "none": identity,
}  # fmt: skip


class MLPTrace(NamedTuple):
    """What every hidden layer gave, first layer first."""

    hidden: list[Tensor]  # each (..., P, M)


def layer(x: Tensor, weight: Tensor, bias: Tensor, activation: Activation) -> Tensor:
    """h = φ(W x + b) for every point; points are rows, so φ(x Wᵀ + b).  With weights (R, M, N) for R networks."""
    return activation(x @ weight.mT + bias.unsqueeze(-2))


def mean_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """L = −1/P Σ_p log softmax(z_p)[y_p], in nats per point.  (..., P, K) → (...)"""
    log_probability = logits.log_softmax(-1)  # (..., P, K)
    return -(log_probability * one_hot(labels, logits.shape[-1])).sum(-1).mean(-1)


def l2_penalty(weights: Sequence[Tensor], strength: float) -> Tensor:
    """λ/2 Σ W²; biases are left alone."""
    return strength / 2 * torch.stack([weight.square().sum() for weight in weights]).sum()


def central_difference(loss: Callable[[Tensor], Tensor], parameters: Tensor, step: float) -> Tensor:
    """ĝ_i = (L(θ + ε e_i) − L(θ − ε e_i)) / 2ε: the gradient without backpropagation, two losses per parameter.

    ``loss`` takes parameters (R, S), one network a row, and gives (R,) losses.
    """
    shifts = step * torch.eye(len(parameters), dtype=parameters.dtype)  # (S, S)
    return (loss(parameters + shifts) - loss(parameters - shifts)) / (2 * step)


def distinct_maps(h: Tensor, alike: float = 0.99) -> int:
    """How many of the M units are no copy of an earlier one: |correlation over the points| at most ``alike``.

    A constant unit is a copy of any other constant unit.  (P, M)
    """
    centred = h - h.mean(0)  # (P, M)
    spread = centred.norm(dim=0)  # (M,)
    constant = spread <= 1e-6 * len(h) ** 0.5  # (M,)
    unit = centred / spread.clamp_min(1e-30)  # (P, M)
    copies = (unit.T @ unit).abs() > alike  # (M, M)
    copies = torch.where(constant[:, None] | constant, constant[:, None] & constant, copies)  # (M, M)
    return int((~copies.tril(-1).any(1)).sum())


class MLP(nn.Module):
    """x → h₁ → … → logits. ``sizes`` counts the inputs, the units of every hidden layer, and the classes."""

    def __init__(self, sizes: Sequence[int], activation: str = "tanh") -> None:
        super().__init__()
        self.activation = ACTIVATIONS[activation]
        self.weights = nn.ParameterList(torch.empty(units, inputs) for inputs, units in pairwise(sizes))
        self.biases = nn.ParameterList(torch.empty(units) for units in sizes[1:])

    def forward(self, x: Tensor) -> tuple[Tensor, MLPTrace]:
        return self.run(x, list(self.weights), list(self.biases))

    def run(self, x: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> tuple[Tensor, MLPTrace]:
        """The same with other parameters, which may be those of several networks."""
        hidden, h = [], x
        for weight, bias in zip(weights[:-1], biases[:-1]):
            h = layer(h, weight, bias, self.activation)  # (..., P, m)
            hidden.append(h)
        return layer(h, weights[-1], biases[-1], identity), MLPTrace(hidden)


@torch.no_grad()
def equalise(model: MLP, *, signs: bool = False) -> None:
    """Gives all weights of a layer one size, √(2/(N + M)) as in Glorot & Bengio 2010; with ``signs`` as drawn."""
    for weight in model.weights:
        size = (2 / sum(weight.shape)) ** 0.5
        weight.copy_(size * weight.sign() if signs else torch.full_like(weight, size))


def gradient_check(model: MLP, x: Tensor, labels: Tensor, step: float = 1e-6) -> float:
    """‖g − ĝ‖ / (‖g‖ + ‖ĝ‖): the gradient g of backpropagation, and ĝ by central differences, in float64."""
    shapes = [parameter.shape for parameter in (*model.weights, *model.biases)]
    flat = torch.cat([value.detach().double().flatten() for value in (*model.weights, *model.biases)])  # (S,)
    points = x.double()

    def loss(parameters: Tensor) -> Tensor:
        pieces = parameters.split([shape.numel() for shape in shapes], -1)
        values = [piece.unflatten(-1, shape) for piece, shape in zip(pieces, shapes)]
        logits, _ = model.run(points, values[: len(model.weights)], values[len(model.weights) :])
        return mean_cross_entropy(logits, labels)

    start = flat.requires_grad_()  # (S,)
    (exact,) = torch.autograd.grad(loss(start), start)
    estimate = central_difference(loss, flat.detach(), step)  # (S,)
    return float((exact - estimate).norm() / (exact.norm() + estimate.norm()))
