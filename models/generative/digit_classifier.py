"""A small convolutional classifier of 8×8 digits: the judge of what a denoiser drew.

Paper: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", section II (the arrangement).

Symbols
    B  batch        C  channels        N  side, halved once        F  features
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu


class DigitClassifierTrace(NamedTuple):
    """The features on which distances between sets of digits are measured."""

    features: Tensor  # (B, F)


class DigitClassifier(nn.Module):
    """Two convolutions, a halving, another convolution, and two layers."""

    def __init__(self, channels: int = 16, features: int = 32, classes: int = 10, dropout: float = 0.3) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.third = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.to_features = nn.Linear(2 * channels * 4 * 4, features)
        self.dropout = nn.Dropout(dropout)
        self.to_logits = nn.Linear(features, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, DigitClassifierTrace]:
        """x (B, 1, 8, 8) from −1 to 1 → logits (B, 10)."""
        h = relu(self.second(relu(self.first(x))))  # (B, C, N, N)
        h = relu(self.third(max_pool2d(h, 2)))  # (B, 2C, N/2, N/2)
        features = relu(self.to_features(h.flatten(1)))  # (B, F)
        return self.to_logits(self.dropout(features)), DigitClassifierTrace(features)
