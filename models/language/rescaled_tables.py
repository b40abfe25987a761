"""Two tables changed so that all their dot products stay: by a rotation of both, and by factors that cancel.

Paper: Steck, Ekanadham & Kallus 2024, "Is Cosine-Similarity of Embeddings Really About Similarity?", section 2.

Symbols
    U  vectors (V, D)        C  output vectors (V, D)        s  positive factors (D,)        R  rotation (D, D)
"""

import torch
from torch import Tensor


def factors(width: int, strength: float, draws: torch.Generator) -> Tensor:
    """s = exp(strength · normal draws): 1 everywhere at strength 0.  (D,)"""
    return (strength * torch.randn(width, generator=draws)).exp()


def rescaled(U: Tensor, C: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    """U diag(s) and C diag(1/s): u · c stays, cos(u, u′) does not.  (V, D) each"""
    return U * s, C / s


def rotated(U: Tensor, C: Tensor, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """U R and C R for a random rotation: dot products, cosines and distances stay.  (V, D) each"""
    R, _ = torch.linalg.qr(torch.randn(U.shape[1], U.shape[1], generator=draws))
    return U @ R, C @ R


def predictions(U: Tensor, C: Tensor) -> Tensor:
    """σ(u · c): how probable each pair of words is said to be.  (V, V)"""
    return torch.sigmoid(U @ C.T)
