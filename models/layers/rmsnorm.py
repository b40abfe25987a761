"""Root mean square layer normalisation.

Paper: Zhang & Sennrich 2019, "Root Mean Square Layer Normalization", section 3, equation 4.

Symbols
    a  input (..., D)         g  gain (D,), learned, starts at one
    D  width                  ε  keeps the division finite
"""

import torch
from torch import Tensor, nn


def root_mean_square(a: Tensor, epsilon: float = 1e-6) -> Tensor:
    """RMS(a) = √(1/D · Σᵢ aᵢ² + ε), one number a row: (..., 1)."""
    return (a.square().mean(dim=-1, keepdim=True) + epsilon).sqrt()


def rms_norm(a: Tensor, gain: Tensor, epsilon: float = 1e-6) -> Tensor:
    """āᵢ = aᵢ / RMS(a) · gᵢ: rescaled like layer normalisation, but never re-centred."""
    return a * root_mean_square(a, epsilon).reciprocal() * gain  # one division a row, not one a feature


class RMSNorm(nn.Module):
    """Gives every vector a root mean square of one, then a learned gain for each feature."""

    def __init__(self, width: int, epsilon: float = 1e-6) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, a: Tensor) -> Tensor:
        return rms_norm(a, self.weight, self.epsilon)
