"""Rotary position embedding: a position is an angle, and a score depends only on the distance.

Paper: Su et al. 2021, "RoFormer: Enhanced Transformer with Rotary Position Embedding", section 3.2,
equations 12 (complex form), 15 (rotation) and 16 (score); neighbouring features form a pair, as there.

Symbols
    θᵢ  radians per position, pair i = 0 … K/2 − 1      m  position      K  head width, even
    x   queries or keys (..., T, K)                 b  base, 10 000 in the paper
"""

import torch
from torch import Tensor

from models.position.scheme import PositionScheme


def frequencies(head_width: int, base: float = 10_000.0, device: torch.device | None = None) -> Tensor:
    """θᵢ = b^(−2i/K): the first pair rotates by one radian per position, the last hardly at all. (K/2,)"""
    if head_width % 2:
        raise ValueError(f"rotary pairs need an even head width, got {head_width}")
    return base ** (-torch.arange(0, head_width, 2, device=device) / head_width)


def angles(positions: Tensor, theta: Tensor) -> Tensor:
    """m θᵢ in radians for every position and pair: (T, K/2)."""
    return positions[:, None] * theta


def rotate(x: Tensor, angle: Tensor) -> Tensor:
    """(x₂ᵢ, x₂ᵢ₊₁) → (x₂ᵢ cos − x₂ᵢ₊₁ sin, x₂ᵢ sin + x₂ᵢ₊₁ cos): each pair rotated by its angle (T, K/2).

    One complex product does it (equation 12): (x₂ᵢ + i x₂ᵢ₊₁) e^(i angle).
    """
    x = x.to(torch.promote_types(x.dtype, angle.dtype))  # there are no complex numbers of 16 bits
    pair, rotation = torch.complex(x[..., 0::2], x[..., 1::2]), torch.complex(angle.cos(), angle.sin())
    return torch.view_as_real(pair * rotation).flatten(-2)


class RoPE(PositionScheme):
    """Rotates queries and keys; ⟨Rₘ q, Rₙ k⟩ depends on m − n alone."""

    def __init__(self, base: float = 10_000.0) -> None:
        super().__init__()
        self.base = base

    def frequencies(self, head_width: int, device: torch.device | None = None) -> Tensor:
        """The one thing that a scaled variant (linear, NTK-aware, YaRN) replaces."""
        return frequencies(head_width, self.base, device)

    def turn(self, x: Tensor, positions: Tensor) -> Tensor:
        theta = self.frequencies(x.shape[-1], x.device)
        return rotate(x, angles(positions, theta))
