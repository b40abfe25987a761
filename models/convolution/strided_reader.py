"""One strided convolution and a linear layer, with the padding of each side as an argument.

Paper: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 2.

Symbols
    x  images (B, 1, N, N)      C  channels      H, W  sides of the maps      Y  classes
    p  padding (left, right, top, bottom); below 0 it cuts pixels off
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad, relu

from models.convolution.convolution import output_size

Padding = tuple[int, int, int, int]

EVENLY: Padding = (1, 1, 1, 1)
"""One pixel on each side, as PyTorch pads."""

RIGHT_AND_BELOW: Padding = (0, 1, 0, 1)
"""What TensorFlow’s “SAME” does for an even side, kernel 3 and stride 2."""


class StridedReaderTrace(NamedTuple):
    maps: Tensor  # (B, C, H, W)


class StridedReader(nn.Module):
    """Pads or cuts, convolves with stride s and dilation d, and decides by one linear layer."""

    def __init__(
        self, side: int, K: int, s: int, d: int, p: Padding, channels: int = 8, classes: int = 10
    ) -> None:  # fmt: skip
        super().__init__()
        self.s, self.d = s, d
        self.kernels = nn.Parameter(torch.empty(channels, 1, K, K))
        H = output_size(side + p[2] + p[3], K, s, 0, d)
        W = output_size(side + p[0] + p[1], K, s, 0, d)
        self.to_logits = nn.Linear(channels * H * W, classes)

    def forward(self, x: Tensor, p: Padding) -> tuple[Tensor, StridedReaderTrace]:
        maps = relu(conv2d(pad(x, p), self.kernels, stride=self.s, dilation=self.d))  # (B, C, H, W)
        return self.to_logits(maps.flatten(1)), StridedReaderTrace(maps)


def reads(N: int, K: int, s: int, p: Padding, d: int) -> Tensor:
    """How many windows read each pixel: the gradient of Σ y where all weights are 1. (N, N)"""
    x = torch.zeros(1, 1, N, N, requires_grad=True)
    y = conv2d(pad(x, p), torch.ones(1, 1, K, K), stride=s, dilation=d)  # (1, 1, H, W)
    return torch.autograd.grad(y.sum(), x)[0][0, 0]
