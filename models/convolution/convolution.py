"""Convolution over images: one small kernel, the same at every position.

Papers: LeCun et al. 1989, "Backpropagation Applied to Handwritten Zip Code Recognition" (shared weights); Dumoulin and
Visin 2016, "A guide to convolution arithmetic for deep learning" (sizes); Yu and Koltun 2016, "Multi-Scale Context
Aggregation by Dilated Convolutions" (dilation).

Symbols
    x  images (B, C, N, M)         y  feature maps (B, O, H, W)       w  kernels (O, C, K, K)
    s  stride    p  padding: rows and columns of zeros on each side    d  dilation: steps between two kernel cells
"""

import torch
from torch import Tensor
from torch.nn.functional import pad


def output_size(N: int, K: int, s: int = 1, p: int = 0, d: int = 1) -> int:
    """H = ⌊(N + 2p − d(K − 1) − 1) / s⌋ + 1: how many windows fit along a side of N pixels."""
    return (N + 2 * p - d * (K - 1) - 1) // s + 1


def windows(x: Tensor, K: int, s: int = 1, p: int = 0, d: int = 1) -> Tensor:
    """What each cell (a, b) of the window sees at every position: x(s·i + d·a − p, s·j + d·b − p). (B, C, K·K, H, W)"""
    padded = pad(x, (p, p, p, p))  # (B, C, N + 2p, M + 2p)
    height, width = (s * (output_size(side, K, s, p, d) - 1) + 1 for side in x.shape[-2:])
    rows = [padded[..., d * a : d * a + height : s, :] for a in range(K)]
    return torch.stack([row[..., d * b : d * b + width : s] for row in rows for b in range(K)], dim=2)


def conv2d(x: Tensor, w: Tensor, s: int = 1, p: int = 0, d: int = 1) -> Tensor:
    """y(o, i, j) = Σ w(o, c, a, b) · x(c, s·i + d·a − p, s·j + d·b − p), over c, a, b: patch times kernel, summed."""
    seen = windows(x, w.shape[-1], s, p, d)[:, None]  # (B, 1, C, K·K, H, W)
    products = w.flatten(2)[..., None, None] * seen  # (B, O, C, K·K, H, W)
    return products.sum(dim=(2, 3))


def feature_maps(x: Tensor, w: Tensor, b: Tensor, p: int = 1) -> Tensor:
    """max(0, y(o, i, j) + b(o)): a convolutional layer with its ReLU. (B, O, H, W)"""
    return (conv2d(x, w, p=p) + b[:, None, None]).relu()


def true_convolution(x: Tensor, w: Tensor) -> Tensor:
    """y(o, i, j) = Σ w(o, c, K − 1 − a, K − 1 − b) · x(c, i + a, j + b): the kernel rotated by half a turn first."""
    return conv2d(x, w.flip(-2, -1))
