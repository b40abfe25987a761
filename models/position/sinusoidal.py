"""Sinusoidal positional encoding: a position as sines and cosines of many wavelengths.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.5.

Symbols
    pos  position     2i, 2i+1  features     D  width, even     PE  encoding (T, D)
"""

import torch
from torch import Tensor

from models.position.rope import angles, frequencies
from models.position.scheme import PositionScheme


def wavelengths(width: int, base: float = 10_000.0) -> Tensor:
    """λᵢ = 2π · b^(2i/D) positions per full wave, from 2π to almost b · 2π: (D/2,)."""
    return 2 * torch.pi / frequencies(width, base)


def sinusoidal_encoding(positions: Tensor, width: int, base: float = 10_000.0) -> Tensor:
    """PE(pos, 2i) = sin(pos / b^(2i/D)), PE(pos, 2i+1) = cos(pos / b^(2i/D)): (T, D)."""
    angle = angles(positions, frequencies(width, base, positions.device))  # (T, D/2)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2)


class Sinusoidal(PositionScheme):
    """Adds the encoding to the embeddings; nothing is learned."""

    def embed(self, x: Tensor, positions: Tensor) -> Tensor:
        return x + sinusoidal_encoding(positions, x.shape[-1])


def held_at_mean(codes: Tensor, held: Tensor, positions: Tensor, base: float = 10_000.0) -> Tensor:
    """The codes (T, D) with the held waves (D/2,) at their mean over some positions: (T, D)."""
    mean = sinusoidal_encoding(positions, codes.shape[-1], base).mean(dim=0)  # (D)
    return torch.where(held.repeat_interleave(2), mean, codes)


class HeldSinusoidal(PositionScheme):
    """Adds an encoding in which some waves say nothing: they keep their mean over ``positions``."""

    def __init__(self, held: Tensor, positions: Tensor) -> None:
        super().__init__()
        self.register_buffer("held", held, persistent=False)
        self.register_buffer("positions", positions, persistent=False)

    def embed(self, x: Tensor, positions: Tensor) -> Tensor:
        codes = sinusoidal_encoding(positions, x.shape[-1])  # (T, D)
        return x + held_at_mean(codes, self.get_buffer("held"), self.get_buffer("positions"))
