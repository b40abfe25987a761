"""A bigram table with a little attention beside it: the smallest model in which an attention sink forms.

Paper: Guo et al. 2024, "Active-Dormant Attention Heads" (one attention layer on the Bigram-Backcopy task; the bigram is
a table here). Nothing is scaled before the logits: what a head reads, the logits get.

Symbols
    ids  symbols (B, T)     V  symbols there are     D  width     L  layers     H  heads     K = D / H  head width
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.grouped_query import GroupedQueryAttention
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadTrace
from models.layers.rmsnorm import RMSNorm
from models.position.rope import RoPE

BuildAttention = Callable[[int, int, int, int, RoPE], GroupedQueryAttention]
"""Width, heads, key/value heads, head width, position → a layer."""


class BigramAttentionTrace(NamedTuple):
    """What each attention layer did."""

    layers: tuple[MultiHeadTrace, ...]


class BigramAttention(nn.Module):
    """logits = table[id] + (Σ attention layers) R: the table knows the bigram, attention whatever else is needed."""

    def __init__(
        self, symbols: int, width: int, layers: int, heads: int, attention: BuildAttention = GroupedQueryAttention
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, width)
        self.table = nn.Embedding(symbols, symbols)
        self.norms = nn.ModuleList(RMSNorm(width) for _ in range(layers))
        self.layers = nn.ModuleList(attention(width, heads, heads, width // heads, RoPE()) for _ in range(layers))
        self.readout = nn.Linear(width, symbols, bias=False)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> tuple[Tensor, BigramAttentionTrace]:
        """Logits (B, T, V) for the symbol after each; ``mask`` (T, T) replaces the causal one."""
        mask = causal_mask(ids.shape[1], device=ids.device) if mask is None else mask
        x = self.embedding(ids)  # (B, T, D)
        read, traces = torch.zeros_like(x), []
        for norm, layer in zip(self.norms, self.layers, strict=True):
            y, trace = layer(norm(x + read), mask)
            read = read + y  # (B, T, D)
            traces.append(trace)
        logits = self.table(ids) + self.readout(read)  # (B, T, V)
        return logits, BigramAttentionTrace(tuple(traces))
