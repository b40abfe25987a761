"""Activation functions: what stands between two linear layers, so that a stack of them is more than one.

Papers: Glorot, Bordes, Bengio 2011, "Deep Sparse Rectifier Neural Networks" (ReLU);
Maas, Hannun, Ng 2013, "Rectifier Nonlinearities Improve Neural Network Acoustic Models" (leaky ReLU);
Clevert, Unterthiner, Hochreiter 2015, "Fast and Accurate Deep Network Learning by Exponential Linear Units" (ELU);
Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", section 2 (GELU, its two approximations, and SiLU);
Ramachandran, Zoph, Le 2017, "Searching for Activation Functions" (Swish, which is SiLU with a β);
Misra 2019, "Mish: A Self Regularized Non-Monotonic Activation Function".

Symbols
    z  pre-activations, any shape: each number on its own      σ  sigmoid
    α  slope or depth for negative z                           Φ  distribution function of the normal distribution
    β  how sharply SiLU bends
"""

import math

import torch
from torch import Tensor


def sigmoid(z: Tensor) -> Tensor:
    """σ(z) = 1 / (1 + e⁻ᶻ), from 0 to 1; below z = −80, where the power would overflow, as at −80."""
    return 1 / (1 + torch.exp(-z.clamp(min=-80)))


def tanh(z: Tensor) -> Tensor:
    """tanh(z) = (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ) = 2 σ(2z) − 1, from −1 to 1."""
    return 2 * sigmoid(2 * z) - 1


def relu(z: Tensor) -> Tensor:
    """ReLU(z) = max(0, z)"""
    return z.clamp(min=0)


def leaky_relu(z: Tensor, alpha: float = 0.01) -> Tensor:
    """z for z > 0, else αz; for 0 ≤ α ≤ 1 this is max(αz, z)."""
    return torch.where(z > 0, z, alpha * z)


def elu(z: Tensor, alpha: float = 1.0) -> Tensor:
    """z for z > 0, else α (eᶻ − 1): never below −α."""
    return torch.where(z > 0, z, alpha * (torch.exp(z.clamp(max=0)) - 1))


def gelu(z: Tensor) -> Tensor:
    """GELU(z) = z Φ(z), with Φ(z) = ½ (1 + erf(z/√2))."""
    return z * (1 + torch.erf(z / math.sqrt(2))) / 2


def gelu_tanh(z: Tensor) -> Tensor:
    """½ z (1 + tanh(√(2/π) (z + 0.044715 z³))): GELU without erf."""
    return z * (1 + tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))) / 2


def quick_gelu(z: Tensor) -> Tensor:
    """z σ(1.702 z): the coarser approximation."""
    return silu(z, 1.702)


def silu(z: Tensor, beta: float | Tensor = 1.0) -> Tensor:
    """SiLU(z) = z σ(βz); β = 1 is the usual one, β = 0 is z/2, and β → ∞ comes to ReLU."""
    return z * sigmoid(beta * z)


def softplus(z: Tensor) -> Tensor:
    """ln(1 + eᶻ), a ReLU with a rounded corner."""
    return torch.logaddexp(z, torch.zeros_like(z))


def mish(z: Tensor) -> Tensor:
    """Mish(z) = z tanh(ln(1 + eᶻ))"""
    return z * tanh(softplus(z))
