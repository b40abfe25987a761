"""An attention layer with its weights replaced by a kernel: they depend on the distance and not on the words.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 4 (self-attention beside convolution);
Wu et al. 2019, "Pay Less Attention with Lightweight and Dynamic Convolutions", section 3 (one kernel a head,
normalised by softmax, applied to the values).

Symbols
    x  tokens (B, T, D)        w  attention weights (H, T, T)      c  kernel (H, C), C odd, its middle the token itself
    B  batch    T  tokens      D  width     H  heads     C  kernel width
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.multi_head import MultiHeadAttention, merge_heads, split_heads


def kernel_of(weights: Tensor, width: int) -> Tensor:
    """c(o) ∝ mean over t of w(t, t + o), for |o| ≤ C / 2: what a head gives to each offset on average. (H, C)"""
    half = width // 2
    offsets = range(-half, half + 1)
    mean = torch.stack([weights.diagonal(o, dim1=-2, dim2=-1).mean(dim=-1) for o in offsets], dim=-1)  # (H, C)
    mean = mean.nan_to_num()  # no two tokens of a short text are that far apart
    return mean / mean.sum(dim=-1, keepdim=True)


def convolution_map(kernel: Tensor, tokens: int) -> Tensor:
    """A(t, s) = c(s − t), 0 beyond the kernel: the same band whatever the tokens are. (H, T, T)"""
    places = torch.arange(tokens, device=kernel.device)  # (T,)
    offset = places - places[:, None] + kernel.shape[-1] // 2  # (T, T)
    inside = (offset >= 0) & (offset < kernel.shape[-1])  # (T, T)
    return torch.where(inside, kernel[:, offset.clamp(0, kernel.shape[-1] - 1)], 0.0)


def convolve(kernel: Tensor, values: Tensor) -> Tensor:
    """y(t) = Σ over |o| ≤ C / 2 of c(o) v(t + o), nothing beyond the ends: A v, in C steps a token. (B, H, T, K)"""
    features = values.mT.flatten(1, 2)  # (B, H·K, T)
    each = kernel.repeat_interleave(values.shape[-1], dim=0)[:, None]  # (H·K, 1, C)
    mixed = nn.functional.conv1d(features, each, padding=kernel.shape[-1] // 2, groups=len(each))  # (B, H·K, T)
    return mixed.view_as(values.mT).mT


class FixedTrace(NamedTuple):
    weights: Tensor  # (B, H, T, T) the same for every text


class FixedMixing(nn.Module):
    """Concat(A₁ x W₁^V, …, A_H x W_H^V) Wᴼ: values and output matrix of an attention layer, its weights fixed."""

    def __init__(self, attention: MultiHeadAttention, kernel: Tensor) -> None:
        super().__init__()
        self.attention, self.kernel = attention, kernel

    def forward(self, x: Tensor) -> tuple[Tensor, FixedTrace]:
        weights = convolution_map(self.kernel, x.shape[1])  # (H, T, T)
        values = split_heads(self.attention.to_v(x), self.attention.heads)
        y = self.attention.to_out(merge_heads(convolve(self.kernel, values)))  # (B, T, D)
        return y, FixedTrace(weights.expand(len(x), -1, -1, -1))
