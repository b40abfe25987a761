"""WaveNet: predicts each sample of a waveform from those before it, through causal convolutions of growing dilation.

Paper: van den Oord et al. 2016, "WaveNet: A Generative Model for Raw Audio", sections 2.1 (dilated causal
convolutions), 2.3 (gated activation), 2.4 (residual and skip connections), 2.5 (conditioning). Kernels have two taps.

Symbols
    x  codes of the samples (B, T)      d  dilation             W_f, W_g  filter and gate (C, C, 2)      V  levels
    h  label (B,), global               C  channels             V_f, V_g  a row of C for each label      z  (B, T, C)
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


def earlier(x: Tensor, d: int) -> Tensor:
    """xₜ₋d, zeros before the beginning."""
    return torch.cat([torch.zeros_like(x[:, :d]), x[:, : max(0, x.shape[1] - d)]], dim=1)


def causal_convolution(x: Tensor, w: Tensor, d: int) -> Tensor:
    """(W ∗ x)ₜ = W₀ xₜ₋d + W₁ xₜ: the present sample and one from d steps before, never a later one."""
    return earlier(x, d) @ w[..., 0].T + x @ w[..., 1].T


def gated_activation(f: Tensor, g: Tensor) -> Tensor:
    """z = tanh(f) ⊙ σ(g)"""
    return f.tanh() * g.sigmoid()


def conditioned(convolved: Tensor, v: Tensor) -> Tensor:
    """W ∗ x + Vᵀh: what the label adds is the same at every sample."""
    return convolved + v[:, None]


def receptive_field(dilations: Sequence[int]) -> int:
    """1 + Σ d: how many samples one prediction depends on, with kernels of two taps."""
    return 1 + sum(dilations)


class LayerTrace(NamedTuple):
    filter: Tensor  # (B, T, C) before the tanh
    gate: Tensor  # (B, T, C) before the σ
    activation: Tensor  # (B, T, C)
    output: Tensor  # (B, T, C)


class GatedLayer(nn.Module):
    """One dilated layer: activation, then 1 × 1 to the residual stream and to the skip connections."""

    def __init__(self, channels: int, dilation: int, labels: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.w_f, self.w_g = (nn.Parameter(torch.empty(channels, channels, 2)) for _ in range(2))
        self.v_f, self.v_g = nn.Embedding(labels, channels), nn.Embedding(labels, channels)
        self.residual, self.skip = nn.Linear(channels, channels), nn.Linear(channels, channels)

    def forward(self, x: Tensor, label: Tensor) -> tuple[Tensor, LayerTrace]:
        """What goes to the skip connections (B, T, C)."""
        return self.conditioned_on(x, self.v_f(label), self.v_g(label))

    def conditioned_on(self, x: Tensor, v_f: Tensor, v_g: Tensor) -> tuple[Tensor, LayerTrace]:
        """The same with any vectors (B, C) in place of the label's."""
        f = conditioned(causal_convolution(x, self.w_f, self.dilation), v_f)  # (B, T, C)
        g = conditioned(causal_convolution(x, self.w_g, self.dilation), v_g)
        z = gated_activation(f, g)  # (B, T, C)
        return self.skip(z), LayerTrace(f, g, z, x + self.residual(z))


class WaveNet(nn.Module):
    """Codes in, logits of the next code out."""

    layers: Any  # a GatedLayer for each dilation

    def __init__(self, levels: int, channels: int, dilations: Sequence[int], labels: int = 1) -> None:
        super().__init__()
        self.embedding = nn.Embedding(levels, channels)
        self.layers = nn.ModuleList(GatedLayer(channels, d, labels) for d in dilations)
        self.hidden, self.readout = nn.Linear(channels, channels), nn.Linear(channels, levels)

    def forward(self, codes: Tensor, label: Tensor | None = None) -> tuple[Tensor, tuple[LayerTrace, ...]]:
        """Logits (B, T, V): those at t are for the sample at t + 1."""
        label = torch.zeros_like(codes[:, 0]) if label is None else label
        return self.predict(self.embedding(codes), label)

    def predict(self, x: Tensor, label: Tensor) -> tuple[Tensor, tuple[LayerTrace, ...]]:
        """The same from embedded samples (B, T, C)."""
        traces, total = [], torch.zeros_like(x)
        for layer in self.layers:
            skip, trace = layer(x, label)
            x, total = trace.output, total + skip  # (B, T, C)
            traces.append(trace)
        return self.readout(self.hidden(total.relu()).relu()), tuple(traces)
