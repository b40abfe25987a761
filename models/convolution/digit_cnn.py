"""A convolutional network for 8×8 digits: look for small patterns anywhere, then for patterns of those.

Paper: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", section II.A and figure 2.

Symbols
    x  pictures (B, 1, N, N)      C  channels       N = 8  side, halved by each pooling       Y  classes
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu


class DigitCNNTrace(NamedTuple):
    """The feature maps, before and after each pooling."""

    first: Tensor  # (B, C, N, N)
    first_pooled: Tensor  # (B, C, N/2, N/2)
    second: Tensor  # (B, 2C, N/2, N/2)
    second_pooled: Tensor  # (B, 2C, N/4, N/4)


class DigitCNN(nn.Module):
    """Convolve, bend, keep the largest of four; twice; then one layer decides."""

    def __init__(self, channels: int = 16, side: int = 8, classes: int = 10) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.to_logits = nn.Linear(2 * channels * (side // 4) ** 2, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, DigitCNNTrace]:
        first = relu(self.first(x))  # (B, C, N, N)
        first_pooled = max_pool2d(first, 2)  # (B, C, N/2, N/2)
        second = relu(self.second(first_pooled))  # (B, 2C, N/2, N/2)
        second_pooled = max_pool2d(second, 2)  # (B, 2C, N/4, N/4)
        logits = self.to_logits(second_pooled.flatten(1))  # (B, Y)
        return logits, DigitCNNTrace(first, first_pooled, second, second_pooled)
