"""An autoencoder: a picture squeezed through a few numbers and drawn again.

Papers: Hinton & Salakhutdinov 2006, "Reducing the Dimensionality of Data with Neural Networks" (the arrangement);
Baldi & Hornik 1989, "Neural Networks and Principal Component Analysis" (without bends it finds PCA's subspace).

Symbols
    x  pictures (B, P)        z  code (B, Z)        P  pixels        Z  size of the code        F  hidden neurons
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu


class AutoencoderTrace(NamedTuple):
    code: Tensor  # (B, Z)


def reconstruction_error(x: Tensor, drawn: Tensor) -> Tensor:
    """Mean squared error a pixel: (B, P), (B, P) → ()."""
    return (x - drawn).square().mean()


def principal_reconstruction(x: Tensor, learned: Tensor, code: int) -> Tensor:
    """x̂ = μ + (x − μ) V Vᵀ with the first ``code`` principal directions V of ``learned``: the best linear code."""
    mean = learned.mean(dim=0)  # (P,)
    directions = torch.linalg.svd(learned - mean, full_matrices=False).Vh[:code]  # (Z, P)
    return mean + (x - mean) @ directions.T @ directions


class Autoencoder(nn.Module):
    """x̂ = W₄ gelu(W₃ z),  z = W₂ gelu(W₁ x), each with a bias."""

    def __init__(self, pixels: int = 64, hidden: int = 96, code: int = 8) -> None:
        super().__init__()
        self.to_hidden, self.to_code = nn.Linear(pixels, hidden), nn.Linear(hidden, code)
        self.from_code, self.to_pixels = nn.Linear(code, hidden), nn.Linear(hidden, pixels)

    def encode(self, x: Tensor) -> Tensor:
        """(B, P) → (B, Z)"""
        return self.to_code(gelu(self.to_hidden(x)))

    def decode(self, z: Tensor) -> Tensor:
        """(B, Z) → (B, P)"""
        return self.to_pixels(gelu(self.from_code(z)))

    def forward(self, x: Tensor) -> tuple[Tensor, AutoencoderTrace]:
        code = self.encode(x)  # (B, Z)
        return self.decode(code), AutoencoderTrace(code)
