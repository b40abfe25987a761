"""A perceptron with one hidden layer on bare pixels, to compare with networks that share their weights.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", section 6.

Symbols
    x  images (B, 1, N, N)      h  hidden units (B, F)      F  hidden width      Y  classes
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import relu


class PixelMLPTrace(NamedTuple):
    hidden: Tensor  # (B, F)


class PixelMLP(nn.Module):
    """Every pixel has a weight of its own to every hidden unit."""

    def __init__(self, side: int, hidden: int, classes: int = 10) -> None:
        super().__init__()
        self.to_hidden = nn.Linear(side * side, hidden)
        self.to_logits = nn.Linear(hidden, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, PixelMLPTrace]:
        hidden = relu(self.to_hidden(x.flatten(1)))  # (B, F)
        return self.to_logits(hidden), PixelMLPTrace(hidden)
