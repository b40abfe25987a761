"""A bidirectional encoder of the BERT kind: every token sees every other, one vector comes out for each.

Papers: Devlin et al. 2018, "BERT", section 3 and figure 2 (token + segment + position);
Vaswani et al. 2017, "Attention Is All You Need", section 3.1 (the block, whose norm stands after the sum).

Symbols
    ids  tokens (B, T)        D  width             H  heads
    V    vocabulary           L  layers            segments  0 or 1 for each token (B, T): which of two texts
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from models.attention.biased_multi_head import BiasedMultiHeadAttention
from models.attention.multi_head import MultiHeadTrace
from models.layers.feed_forward import FeedForward

EPSILON = 1e-12  # BERT's; in half precision it would vanish, but norms are computed in float32


@dataclass(frozen=True)
class EncoderConfig:
    """The sizes of an encoder; ``context`` is the most tokens that have a position."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int
    context: int
    segments: int = 2


class EncoderBlockTrace(NamedTuple):
    """One layer: its attention, the neurons of its feed-forward part, and what it hands on."""

    attention: MultiHeadTrace
    neurons: Tensor  # (B, T, F)
    output: Tensor  # (B, T, D)


class EncoderTrace(NamedTuple):
    """References to what the forward pass computed anyway."""

    embedded: Tensor  # (B, T, D)
    blocks: tuple[EncoderBlockTrace, ...]

    @property
    def states(self) -> tuple[Tensor, ...]:
        """The vectors (B, T, D) before the first layer and after every layer."""
        return self.embedded, *(block.output for block in self.blocks)

    @property
    def weights(self) -> tuple[Tensor, ...]:
        """The attention weights (B, H, T, T) of every layer."""
        return tuple(block.attention.weights for block in self.blocks)


def padding_mask(ids: Tensor, pad: int) -> Tensor:
    """True where a key is a real token, for every head and query: (B, T) → (B, 1, 1, T)."""
    return (ids != pad)[:, None, None]


class EncoderBlock(nn.Module):
    """x ← norm(x + Attention(x)), then x ← norm(x + FFN(x))."""

    def __init__(self, width: int, heads: int, hidden: int, activation: Callable[[Tensor], Tensor] = gelu) -> None:
        super().__init__()
        self.attention = BiasedMultiHeadAttention(width, heads)
        self.attention_norm = nn.LayerNorm(width, EPSILON)
        self.feed_forward = FeedForward(width, hidden, activation)
        self.feed_forward_norm = nn.LayerNorm(width, EPSILON)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, EncoderBlockTrace]:
        attended, attention = self.attention(x, mask)
        x = self.attention_norm(x + attended)  # (B, T, D)
        transformed, neurons = self.feed_forward(x)
        x = self.feed_forward_norm(x + transformed)  # (B, T, D)
        return x, EncoderBlockTrace(attention, neurons, x)


class Encoder(nn.Module):
    """Three embeddings added and normed, then L blocks."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.segment_embedding = nn.Embedding(config.segments, config.width)
        self.position_embedding = nn.Embedding(config.context, config.width)
        self.norm = nn.LayerNorm(config.width, EPSILON)
        self.blocks = nn.ModuleList(
            EncoderBlock(config.width, config.heads, config.hidden) for _ in range(config.layers)
        )

    def embed(self, ids: Tensor, segments: Tensor) -> Tensor:
        """norm(token + segment + position).  BERT, figure 2. (B, T, D)"""
        where = torch.arange(ids.shape[1], device=ids.device)
        summed = self.embedding(ids) + self.segment_embedding(segments) + self.position_embedding(where)
        return self.norm(summed)

    def forward(
        self, ids: Tensor, segments: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, EncoderTrace]:
        """One vector a token, (B, T, D). ``mask`` (T, T) or (B, 1, 1, T) says which keys may be seen; None: all."""
        x = embedded = self.embed(ids, torch.zeros_like(ids) if segments is None else segments)
        blocks = []
        for block in self.blocks:
            x, trace = block(x, mask)
            blocks.append(trace)
        return x, EncoderTrace(embedded, tuple(blocks))
