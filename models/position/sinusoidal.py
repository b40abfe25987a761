"""Sinusoidal positional encoding: a position written as the hands of many clocks.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.5.

Symbols
    pos  position     2i, 2i+1  features     D  width, even     PE  encoding (T, D)
"""

import torch
from torch import Tensor

from models.position.rope import angles, frequencies
from models.position.scheme import PositionScheme


def wavelengths(width: int, base: float = 10_000.0) -> Tensor:
    """λᵢ = 2π · b^(2i/D) positions for a full turn, from 2π to almost b · 2π: (D/2,)."""
    return 2 * torch.pi / frequencies(width, base)


def sinusoidal_encoding(positions: Tensor, width: int, base: float = 10_000.0) -> Tensor:
    """PE(pos, 2i) = sin(pos / b^(2i/D)), PE(pos, 2i+1) = cos(pos / b^(2i/D)): (T, D)."""
    angle = angles(positions, frequencies(width, base, positions.device))  # (T, D/2)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2)


class Sinusoidal(PositionScheme):
    """Adds the encoding to the embeddings; nothing is learned."""

    def embed(self, x: Tensor, positions: Tensor) -> Tensor:
        return x + sinusoidal_encoding(positions, x.shape[-1])
