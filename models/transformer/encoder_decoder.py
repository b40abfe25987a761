"""The transformer of 2017: an encoder reads one text, a decoder writes another and looks across at every word.

Paper: Vaswani et al. 2017, "Attention Is All You Need", sections 3.1 (the two stacks), 3.2.3 (the three attentions)
and 3.4 (one embedding for both texts and the output, times √D).

Symbols
    source  the text that is read (B, S)    target  the text so far (B, T)     D  width     H  heads
    V       vocabulary                      L  layers of each stack            F  hidden neurons
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from models.attention.biased_multi_head import BiasedMultiHeadAttention
from models.attention.cross import CrossAttention, Memory
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadTrace
from models.layers.feed_forward import FeedForward
from models.position.sinusoidal import sinusoidal_encoding
from models.transformer.encoder import EncoderBlock, EncoderBlockTrace


@dataclass(frozen=True)
class EncoderDecoderConfig:
    """The sizes of both stacks."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int


class Encoded(NamedTuple):
    """A text that was read: for each decoder layer the keys and values that it will look at."""

    states: Tensor  # (B, S, D)
    memories: tuple[Memory, ...]
    mask: Tensor | None  # which of its tokens may be looked at
    blocks: tuple[EncoderBlockTrace, ...]


class CrossBlockTrace(NamedTuple):
    """One decoder layer: attention to the own text, then to the other, then the feed-forward part."""

    self_attention: MultiHeadTrace
    cross_attention: MultiHeadTrace
    neurons: Tensor  # (B, T, F)
    output: Tensor  # (B, T, D)


class EncoderDecoderTrace(NamedTuple):
    encoded: Encoded
    blocks: tuple[CrossBlockTrace, ...]

    @property
    def cross_weights(self) -> tuple[Tensor, ...]:
        """Where each written word looks in the text that was read: (B, H, T, S) for every layer."""
        return tuple(block.cross_attention.weights for block in self.blocks)


class CrossBlock(nn.Module):
    """norm(x + SelfAttention(x)), norm(x + CrossAttention(x, source)), norm(x + FFN(x)), one after the other."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.self_attention = BiasedMultiHeadAttention(width, heads)
        self.self_attention_norm = nn.LayerNorm(width)
        self.cross_attention = CrossAttention(width, heads)
        self.cross_attention_norm = nn.LayerNorm(width)
        self.feed_forward = FeedForward(width, hidden, relu)
        self.feed_forward_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, memory: Memory, causal: Tensor, seen: Tensor | None) -> tuple[Tensor, CrossBlockTrace]:
        attended, own = self.self_attention(x, causal)
        x = self.self_attention_norm(x + attended)  # (B, T, D)
        fetched, across = self.cross_attention(x, memory, seen)
        x = self.cross_attention_norm(x + fetched)  # (B, T, D)
        transformed, neurons = self.feed_forward(x)
        x = self.feed_forward_norm(x + transformed)  # (B, T, D)
        return x, CrossBlockTrace(own, across, neurons, x)


class EncoderDecoder(nn.Module):
    """``encode`` once, ``decode`` after every word; ``forward`` does both, as in training."""

    def __init__(self, config: EncoderDecoderConfig) -> None:
        super().__init__()
        self.config = config
        sizes = config.width, config.heads, config.hidden
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.encoder = nn.ModuleList(EncoderBlock(*sizes, relu) for _ in range(config.layers))
        self.decoder = nn.ModuleList(CrossBlock(*sizes) for _ in range(config.layers))

    def embed(self, ids: Tensor) -> Tensor:
        """√D · E[ids] + PE: the factor lifts the words to the size of the positions."""
        where = torch.arange(ids.shape[1], device=ids.device)
        return self.embedding(ids) * math.sqrt(self.config.width) + sinusoidal_encoding(where, self.config.width)

    def encode(self, source: Tensor, mask: Tensor | None = None) -> Encoded:
        """Read ``source`` (B, S); ``mask`` (B, 1, 1, S) hides its padding from everyone."""
        x, blocks = self.embed(source), []
        for block in self.encoder:
            x, trace = block(x, mask)
            blocks.append(trace)
        memories = tuple(block.cross_attention.remember(x) for block in self.decoder)
        return Encoded(x, memories, mask, tuple(blocks))

    def decode(self, target: Tensor, encoded: Encoded) -> tuple[Tensor, EncoderDecoderTrace]:
        """Logits (B, T, V) for the word after each of ``target`` (B, T)."""
        x, blocks, causal = self.embed(target), [], causal_mask(target.shape[1], device=target.device)
        for block, memory in zip(self.decoder, encoded.memories, strict=True):
            x, trace = block(x, memory, causal, encoded.mask)
            blocks.append(trace)
        logits = x @ self.embedding.weight.T  # (B, T, V)
        return logits, EncoderDecoderTrace(encoded, tuple(blocks))

    def forward(self, source: Tensor, target: Tensor, mask: Tensor | None = None) -> tuple[Tensor, EncoderDecoderTrace]:
        return self.decode(target, self.encode(source, mask))
