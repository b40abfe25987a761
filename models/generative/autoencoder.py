"""An autoencoder: a picture passes through a few numbers, its code, and is reconstructed from them.

Papers: Hinton & Salakhutdinov 2006, "Reducing the Dimensionality of Data with Neural Networks" (the arrangement);
Baldi & Hornik 1989, "Neural Networks and Principal Component Analysis" (linear layers find PCA's subspace).

Symbols
    x  pictures (B, P)        z  code (B, Z)        P  pixels        Z  numbers per code        F  hidden units
    φ  activation
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from models.linear.principal_components import principal_components, projected


class AutoencoderTrace(NamedTuple):
    code: Tensor  # (B, Z)


def identity(x: Tensor) -> Tensor:
    """φ(x) = x: without an activation the layers are one linear map."""
    return x


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": gelu, "relu": torch.relu, "tanh": torch.tanh, "none": identity,
}  # fmt: skip


def reconstruction_error(x: Tensor, reconstructed: Tensor) -> Tensor:
    """‖x − x̂‖² / P, the mean over the pictures: squared error per pixel.  (B, P), (B, P) → ()"""
    return (x - reconstructed).square().mean()


def principal_reconstruction(x: Tensor, learned: Tensor, code: int) -> Tensor:
    """x̂ = μ + (x − μ) Vᵀ V with the first ``code`` principal directions V of ``learned``: the best linear code."""
    found = principal_components(learned, code)
    return found.mean + projected(x, found) @ found.directions


def variance_outside(x: Tensor, directions: Tensor) -> float:
    """1 − ‖X Vᵀ‖² / ‖X‖², X centred: share of the variance of pictures (B, P) outside the span of V (Z, P)."""
    moved = x - x.mean(dim=0)  # (B, P)
    return 1 - ((moved @ directions.T).square().sum() / moved.square().sum()).item()


class Autoencoder(nn.Module):
    """x̂ = W₄ φ(W₃ z),  z = W₂ φ(W₁ x), each with a bias."""

    def __init__(self, pixels: int = 64, hidden: int = 96, code: int = 8, activation: str = "gelu") -> None:
        super().__init__()
        self.to_hidden, self.to_code = nn.Linear(pixels, hidden), nn.Linear(hidden, code)
        self.from_code, self.to_pixels = nn.Linear(code, hidden), nn.Linear(hidden, pixels)
        self.activation = ACTIVATIONS[activation]

    def encode(self, x: Tensor) -> Tensor:
        """z = W₂ φ(W₁ x)  (…, P) → (…, Z)"""
        return self.to_code(self.activation(self.to_hidden(x)))

    def decode(self, z: Tensor) -> Tensor:
        """x̂ = W₄ φ(W₃ z)  (…, Z) → (…, P)"""
        return self.to_pixels(self.activation(self.from_code(z)))

    def forward(self, x: Tensor) -> tuple[Tensor, AutoencoderTrace]:
        code = self.encode(x)  # (B, Z)
        return self.decode(code), AutoencoderTrace(code)
