"""A network with one hidden layer from a number to a number, and how probable its weights are.

Work: Neal 1996, "Bayesian Learning for Neural Networks" (the prior that narrows with the number of hidden units).

Symbols
    P  points    M  hidden units    K  weights, 3M + 1    θ  all weights in one vector (K)
    w, b  weights and biases of the hidden units (M)      v, c  output weights (M) and output bias
    s  standard deviation of each weight's prior (K)      σ  standard deviation of the noise
"""

from collections.abc import Callable

import torch
from torch import Tensor

Activation = Callable[[Tensor], Tensor]

ACTIVATIONS: dict[str, Activation] = {
    "relu": torch.relu,
    "leaky relu": lambda z: torch.nn.functional.leaky_relu(z, 0.1),
    "tanh": torch.tanh,
}


def prior_scales(units: int) -> Tensor:
    """s: 2 for w and b, 1.5/√M for v, 1 for c. (K)"""
    hidden = torch.full((2 * units,), 2.0)  # (2M,)
    return torch.cat([hidden, torch.full((units,), 1.5 / units**0.5), torch.ones(1)])


def output(theta: Tensor, x: Tensor, activation: Activation) -> Tensor:
    """f(x) = c + Σ over m of v_m φ(w_m x + b_m).  (…, K), (P) → (…, P)"""
    units = theta.shape[-1] // 3
    w, b, v, c = theta.split([units, units, units, 1], -1)
    h = activation(x[:, None] * w.unsqueeze(-2) + b.unsqueeze(-2))  # (..., P, M)
    return (h @ v.unsqueeze(-1)).squeeze(-1) + c


def data_cost(f: Tensor, y: Tensor, noise: float) -> Tensor:
    """−log p(y | f) without its constant: Σ over points of (y − f)² / 2σ².  (…, P) → (…)"""
    return (y - f).square().sum(-1) / (2 * noise**2)


def prior_cost(theta: Tensor, s: Tensor) -> Tensor:
    """−log p(θ) without its constant: Σ over weights of θ² / 2s².  (…, K) → (…)"""
    return (theta / s).square().sum(-1) / 2
