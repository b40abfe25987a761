"""Three convolutional layers for digits, with a last layer and a head to choose.

Papers: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", section II.A; Lin et al. 2014,
"Network In Network", section 3.2 (a head that pools over whole maps).

Symbols
    x  images (B, 1, N, N)      C  channels of the first layer      D  channels of the last      Y  classes
"""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu


class DigitStackTrace(NamedTuple):
    """The feature maps of each layer."""

    first: Tensor  # (B, C, N, N)
    second: Tensor  # (B, 2C, N/2, N/2)
    last: Tensor  # (B, D, N/2, N/2)


class DigitStack(nn.Module):
    """Convolve, pool, convolve twice; a head decides. ``last`` is any layer from 2C to D channels."""

    def __init__(self, last: Callable[[], nn.Module], head: Callable[[], nn.Module], channels: int = 8) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.last = last()
        self.head = head()

    def forward(self, x: Tensor) -> tuple[Tensor, DigitStackTrace]:
        first = relu(self.first(x))  # (B, C, N, N)
        second = relu(self.second(max_pool2d(first, 2)))  # (B, 2C, N/2, N/2)
        last = relu(self.last(second))  # (B, D, N/2, N/2)
        return self.head(last), DigitStackTrace(first, second, last)
