"""RWKV-4 as a language model: time mixing and channel mixing in turn, each behind a norm and around a residual.

Paper: Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer Era", section 3 and figure 2. Time mixing, with
WKV, stands in ``rwkv.py``.

Symbols
    ids  tokens (B, T)      x  residual stream (B, T, D)      k′, r′  of channel mixing (B, T, F), (B, T, D)
    V  vocabulary           L  layers                         F  hidden width
"""

import math

import torch
from torch import Tensor, nn

from models.layers.token_shift import TokenShift
from models.statespace.rwkv import Average, TimeMix, TimeMixTrace, parallel


class ChannelMix(nn.Module):
    """σ(r′) ⊙ (max(k′, 0)² W′_v): an MLP with a gate, token by token but for the shift."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.shift_k, self.shift_r = TokenShift(width), TokenShift(width)
        self.to_k, self.to_v = nn.Linear(width, hidden, bias=False), nn.Linear(hidden, width, bias=False)
        self.to_r = nn.Linear(width, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        k = self.to_k(self.shift_k(x)).relu().square()  # (B, T, F)
        return self.to_r(self.shift_r(x)).sigmoid() * self.to_v(k)


class RWKV(nn.Module):
    """Embed, norm, L blocks of time and channel mixing, norm, one row per token.  (B, T) → (B, T, V)"""

    def __init__(self, vocabulary: int, width: int, layers: int, hidden: int, average: Average = parallel) -> None:
        super().__init__()
        self.embedding, self.first_norm = nn.Embedding(vocabulary, width), nn.LayerNorm(width)
        self.time_norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.time = nn.ModuleList(TimeMix(width, average) for _ in range(layers))
        self.channel_norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.channel = nn.ModuleList(ChannelMix(width, hidden) for _ in range(layers))
        self.norm, self.to_logits = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    @torch.no_grad()
    def start(self) -> "RWKV":
        """First shares, and half-lives evenly spread in log from 1 to 100 tokens."""
        for layer in self.modules():
            if isinstance(layer, TokenShift):
                layer.start()
        for mix in self.time:
            mix.log_decay.copy_((math.log(2) / torch.logspace(0, 2, len(mix.log_decay))).log())
        return self

    def forward(self, ids: Tensor) -> tuple[Tensor, tuple[TimeMixTrace, ...]]:
        x, traces = self.first_norm(self.embedding(ids)), []  # (B, T, D)
        for time_norm, time, channel_norm, channel in zip(
            self.time_norms, self.time, self.channel_norms, self.channel, strict=True
        ):
            mixed, trace = time(time_norm(x))
            x = x + mixed  # (B, T, D)
            x = x + channel(channel_norm(x))  # (B, T, D)
            traces.append(trace)
        return self.to_logits(self.norm(x)), tuple(traces)
