"""Pooling: one number for a window, and heads that make one number of a whole map.

Papers: Fukushima 1980, "Neocognitron" (cells that respond wherever in a patch a feature stands); LeCun et al. 1998,
"Gradient-Based Learning Applied to Document Recognition", section II.A; Lin et al. 2014, "Network In Network", section
3.2 (global average pooling).

Symbols
    x  feature maps (B, C, H, W)      k  side of a window, which is also its stride      z  what a head reads (B, F)
"""

from torch import Tensor, nn

from models.convolution.convolution import windows


def max_pool(x: Tensor, k: int = 2) -> Tensor:
    """y(c, i, j) = max over 0 ≤ a, b < k of x(c, k·i + a, k·j + b). (B, C, H/k, W/k)"""
    return windows(x, k, s=k).amax(dim=2)


def average_pool(x: Tensor, k: int = 2) -> Tensor:
    """y(c, i, j) = mean over 0 ≤ a, b < k of x(c, k·i + a, k·j + b). (B, C, H/k, W/k)"""
    return windows(x, k, s=k).mean(dim=2)


def top_left(x: Tensor, k: int = 2) -> Tensor:
    """y(c, i, j) = x(c, k·i, k·j): one pixel of each window is kept, and nothing is pooled. (B, C, H/k, W/k)"""
    return x[..., ::k, ::k]


def global_max(x: Tensor) -> Tensor:
    """z(c) = max over i, j of x(c, i, j): whether the feature stands anywhere. (B, C)"""
    return x.amax(dim=(2, 3))


def global_average(x: Tensor) -> Tensor:
    """z(c) = mean over i, j of x(c, i, j): how much of the feature there is. (B, C)"""
    return x.mean(dim=(2, 3))


def flattened(x: Tensor) -> Tensor:
    """z(c·H·W + i·W + j) = x(c, i, j): every position keeps an entry of its own. (B, C·H·W)"""
    return x.flatten(1)


def middle_cell(x: Tensor) -> Tensor:
    """z(c) = x(c, H/2, W/2): as many numbers as a global pooling, and nothing pooled. (B, C)"""
    return x[:, :, x.shape[2] // 2, x.shape[3] // 2]


class Head(nn.Module):
    """Reads the maps by one of the functions above; then one layer decides between the classes."""

    def __init__(self, features: int, classes: int = 10) -> None:
        super().__init__()
        self.to_logits = nn.Linear(features, classes)

    def read(self, x: Tensor) -> Tensor:
        """(B, F)"""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        return self.to_logits(self.read(x))


class GlobalMaxHead(Head):
    def read(self, x: Tensor) -> Tensor:
        return global_max(x)


class GlobalAverageHead(Head):
    def read(self, x: Tensor) -> Tensor:
        return global_average(x)


class FlattenedHead(Head):
    def read(self, x: Tensor) -> Tensor:
        return flattened(x)


class MiddleCellHead(Head):
    def read(self, x: Tensor) -> Tensor:
        return middle_cell(x)
