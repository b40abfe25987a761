"""Depthwise separable convolution: one kernel per channel, then a mixture of channels at each pixel.

Papers: Chollet 2017, "Xception: Deep Learning with Depthwise Separable Convolutions", section 1; Howard et al. 2017,
"MobileNets", section 3.1 (costs).

Symbols
    x  maps (B, C, H, W)      v  a kernel per channel (C, K, K)      u  mixture of channels (O, C)
    w  kernels of a standard layer (O, C, K, K)      r  kernels per channel (depth multiplier), 1 unless told otherwise
"""

import torch
from torch import Tensor, nn

from models.convolution.convolution import windows


def depthwise(x: Tensor, v: Tensor) -> Tensor:
    """z(c, i, j) = Σ v(c, a, b) · x(c, i + a, j + b), over a, b: no sum over channels. (B, C, H, W)"""
    K = v.shape[-1]
    seen = windows(x, K, p=K // 2)  # (B, C, K·K, H, W)
    return (v.flatten(1)[..., None, None] * seen).sum(dim=2)


def pointwise(z: Tensor, u: Tensor) -> Tensor:
    """y(o, i, j) = Σ u(o, c) · z(c, i, j), over c: a 1×1 convolution. (B, O, H, W)"""
    return (u[..., None, None] * z[:, None]).sum(dim=2)


def weights_standard(inputs: int, outputs: int, K: int) -> int:
    """C · O · K²"""
    return inputs * outputs * K**2


def weights_separable(inputs: int, outputs: int, K: int, r: int = 1) -> int:
    """r · (C · K² + C · O): 1/O + 1/K² of a standard layer’s for r = 1."""
    return r * (inputs * K**2 + inputs * outputs)


class DepthwiseSeparable(nn.Module):
    """r kernels per channel, then a 1×1 convolution with a bias; the maps keep their size."""

    def __init__(self, inputs: int, outputs: int, K: int = 3, r: int = 1) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, r * inputs, K, padding=K // 2, groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(r * inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise(self.depthwise(x))


def cut(layer: nn.Conv2d, r: int) -> DepthwiseSeparable:
    """The closest separable layer with r kernels per channel: w(·, c) ≈ Σ over r of u v, the first r singular parts."""
    outputs, C, K, _ = layer.weight.shape
    U, S, Vh = torch.linalg.svd(layer.weight.detach().flatten(2).transpose(0, 1), full_matrices=False)
    found = DepthwiseSeparable(C, outputs, K, r).to(layer.weight.device)
    state = {
        "depthwise.weight": Vh[:, :r].reshape(C * r, 1, K, K),
        "pointwise.weight": (U * S[:, None])[..., :r].transpose(0, 1).reshape(outputs, C * r, 1, 1),
        "pointwise.bias": layer.bias.detach(),
    }
    found.load_state_dict(state)
    return found


def energy_share(w: Tensor, r: int) -> float:
    """Σ over c of the r largest σ² / Σ of all σ²: how much of a standard layer r kernels per channel can hold."""
    squares = torch.linalg.svdvals(w.flatten(2).transpose(0, 1)).square()  # (C, K·K)
    return (squares[:, :r].sum() / squares.sum()).item()
