"""Derivatives of the activation functions: what backpropagation multiplies a gradient by at each hidden unit.

Papers: as in ``models/layers/activations.py``.

Symbols
    z  pre-activations, any shape        σ  sigmoid                      α, β  as in the functions
    φ  an activation function            Φ, p  distribution function and density of the normal distribution
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from models.layers.activations import sigmoid, silu, softplus, tanh


def slope(phi: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    """φ′(z) of any elementwise function, by automatic differentiation."""
    with torch.enable_grad():
        at = z.detach().clone().requires_grad_()
        (found,) = torch.autograd.grad((phi(at) + 0 * at).sum(), at)  # 0 · z: a constant φ has a slope, too
    return found


def sigmoid_slope(z: Tensor) -> Tensor:
    """σ′(z) = σ(z) (1 − σ(z)), at most ¼."""
    return sigmoid(z) * (1 - sigmoid(z))


def tanh_slope(z: Tensor) -> Tensor:
    """tanh′(z) = 1 − tanh²(z), at most 1."""
    return 1 - tanh(z).square()


def relu_slope(z: Tensor) -> Tensor:
    """1 for z > 0, else 0; at z = 0, where there is no derivative, 0 by convention."""
    return (z > 0).to(z.dtype)


def leaky_relu_slope(z: Tensor, alpha: float = 0.01) -> Tensor:
    """1 for z > 0, α for z < 0."""
    return relu_slope(z) + alpha * relu_slope(-z)


def elu_slope(z: Tensor, alpha: float = 1.0) -> Tensor:
    """1 for z > 0, else α eᶻ."""
    return torch.where(z > 0, 1.0, alpha * torch.exp(z.clamp(max=0)))


def gelu_slope(z: Tensor) -> Tensor:
    """Φ(z) + z p(z), with p(z) = exp(−z²/2) / √(2π)."""
    density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
    return (1 + torch.erf(z / math.sqrt(2))) / 2 + z * density


def silu_slope(z: Tensor, beta: float = 1.0) -> Tensor:
    """β f(z) + σ(βz) (1 − β f(z)), with f(z) = z σ(βz)."""
    f = silu(z, beta)
    return beta * f + sigmoid(beta * z) * (1 - beta * f)


def mish_slope(z: Tensor) -> Tensor:
    """tanh(s) + z (1 − tanh²(s)) σ(z), with s = ln(1 + eᶻ)."""
    gate = tanh(softplus(z))
    return gate + z * (1 - gate.square()) * sigmoid(z)


def lowest_point(phi: Callable[[Tensor], Tensor], low: float = -6.0, high: float = 0.0) -> tuple[float, float]:
    """Where φ is smallest between ``low`` and ``high``, and how small: to 1e-4 in z."""
    z = torch.linspace(low, high, 60_001, dtype=torch.double)
    values = phi(z)
    at = int(values.argmin())
    return z[at].item(), values[at].item()
