"""Transposed convolution: every input pixel stamps the kernel, scaled by its value, into a larger output.

Papers: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4; Odena et al. 2016,
"Deconvolution and Checkerboard Artifacts" (uneven overlap).

Symbols
    x  images (B, C, N, N)         w  kernels (O, C, K, K) of the convolution that is transposed
    y  input of the transposed one (B, O, N', N')      s  stride      o  output (B, C, s(N' − 1) + K, …)
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from models.convolution.convolution import conv2d


def transposed_size(N: int, K: int, s: int) -> int:
    """s(N − 1) + K: the side of the output."""
    return s * (N - 1) + K


def zeros_between(y: Tensor, s: int) -> Tensor:
    """y with s − 1 rows and columns of zeros between its own. (B, O, s(N − 1) + 1, …)"""
    apart = pad(y[..., :, None, :, None], (0, s - 1, 0, 0, 0, s - 1))  # (B, O, N, s, M, s)
    spread = apart.flatten(-2).flatten(-3, -2)  # (B, O, s·N, s·M)
    return spread[..., : s * (y.shape[-2] - 1) + 1, : s * (y.shape[-1] - 1) + 1]


def stamped(y: Tensor, w: Tensor, s: int) -> Tensor:
    """o(c, u, v) = Σ w(o, c, a, b) · y(o, i, j) over all u = s·i + a, v = s·j + b: the sum of all stamps."""
    K, spread = w.shape[-1], zeros_between(y, s)
    moved = [pad(spread, (b, K - 1 - b, a, K - 1 - a)) for a in range(K) for b in range(K)]
    copies = torch.stack(moved, dim=2)[:, :, None]  # (B, O, 1, K·K, H, W)
    return (w.flatten(2)[..., None, None] * copies).sum(dim=(1, 3))


def as_convolution(y: Tensor, w: Tensor, s: int) -> Tensor:
    """The same sum as a convolution: zeros between the inputs, then the kernel rotated by half a turn."""
    rotated = w.flip(-2, -1).transpose(0, 1)  # (C, O, K, K)
    return conv2d(zeros_between(y, s), rotated, p=w.shape[-1] - 1)


def not_rotated(y: Tensor, w: Tensor, s: int) -> Tensor:
    """A common mistake: zeros between the inputs, and the kernel as it is."""
    return conv2d(zeros_between(y, s), w.transpose(0, 1), p=w.shape[-1] - 1)


def overlaps(N: int, K: int, s: int) -> Tensor:
    """How many stamps cover each pixel of the output. (H, W)"""
    return stamped(torch.ones(1, 1, N, N), torch.ones(1, 1, K, K), s)[0, 0]


def by_phase(o: Tensor, s: int, border: int) -> Tensor:
    """√ of the mean of o² at each place within the stride's period, ``border`` pixels left out on each side. (s, s)"""
    inside = o[..., border:-border, border:-border]  # (…, H, W)
    return torch.stack(
        [torch.stack([inside[..., a::s, b::s].square().mean().sqrt() for b in range(s)]) for a in range(s)]
    )


def unevenness(o: Tensor, s: int, border: int) -> Tensor:
    """1 − smallest / largest over the places within a period: 0 without a pattern, 1 where some places stay empty."""
    strength = by_phase(o, s, border)  # (s, s)
    return 1 - strength.min() / strength.max()
