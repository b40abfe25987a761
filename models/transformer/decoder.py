"""A decoder-only transformer of the Llama kind: predict the next token from those before it.

Papers: Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 3.1 (decoder);
Touvron et al. 2023, "LLaMA", section 2.2 (RMSNorm before each part, SwiGLU, RoPE);
Press & Wolf 2016, "Using the Output Embedding to Improve Language Models" (one matrix for both ends).

Symbols
    ids  tokens (B, T)        D  width             H, G  query and key/value heads
    V    vocabulary           L  layers            S  tokens seen so far, the cache included
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from models.attention.grouped_query import GroupedQueryAttention
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadTrace
from models.layers.rmsnorm import RMSNorm
from models.layers.swiglu import SwiGLU
from models.position.rope import RoPE
from models.position.scheme import PositionScheme
from models.serving.kv_cache import KVCache, LayerCache

FeedForward = Callable[[int, int], nn.Module]
"""Builds a layer from width and hidden size; its forward returns (y, trace)."""

Norm = Callable[[int], nn.Module]
"""Builds a normalisation from the width."""

Edit = Callable[[int, Tensor], Tensor]
"""Changes the head outputs (B, H, T, K) of a layer, numbered from 0: an ablation, a patch."""


@dataclass(frozen=True)
class DecoderConfig:
    """The sizes of a decoder; ``context`` is the length that it was trained at, not a limit."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    hidden: int
    context: int


class BlockTrace(NamedTuple):
    """One layer: what its attention and its feed-forward part did, and the residual stream it leaves."""

    attention: MultiHeadTrace
    feed_forward: Any
    residual: Tensor  # (B, T, D)


class DecoderTrace(NamedTuple):
    """References to what the forward pass computed anyway."""

    embedded: Tensor  # (B, T, D)
    blocks: tuple[BlockTrace, ...]

    @property
    def residual(self) -> tuple[Tensor, ...]:
        """The residual stream (B, T, D) before the first layer and after every layer."""
        return self.embedded, *(block.residual for block in self.blocks)

    @property
    def weights(self) -> tuple[Tensor, ...]:
        """The attention weights (B, H, T, S) of every layer."""
        return tuple(block.attention.weights for block in self.blocks)


class DecoderBlock(nn.Module):
    """x + Attention(norm(x)), then x + FFN(norm(x)): both parts read the stream and add to it."""

    def __init__(self, config: DecoderConfig, position: PositionScheme, feed_forward: FeedForward, norm: Norm) -> None:
        super().__init__()
        self.attention_norm = norm(config.width)
        self.attention = GroupedQueryAttention(config.width, config.heads, config.kv_heads, config.head_width, position)
        self.feed_forward_norm = norm(config.width)
        self.feed_forward = feed_forward(config.width, config.hidden)

    def forward(
        self, x: Tensor, mask: Tensor, cache: LayerCache | None, edit: Callable[[Tensor], Tensor] | None
    ) -> tuple[Tensor, BlockTrace]:
        attended, attention = self.attention(self.attention_norm(x), mask, cache, edit)
        x = x + attended  # (B, T, D)
        transformed, feed_forward = self.feed_forward(self.feed_forward_norm(x))
        x = x + transformed  # (B, T, D)
        return x, BlockTrace(attention, feed_forward, x)


class Decoder(nn.Module):
    """Embed, L blocks, norm, and compare with every embedding again."""

    def __init__(
        self,
        config: DecoderConfig,
        position: PositionScheme | None = None,
        feed_forward: FeedForward = SwiGLU,
        norm: Norm = RMSNorm,
    ) -> None:
        super().__init__()
        self.config = config
        self.position = position or RoPE()
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(
            DecoderBlock(config, self.position, feed_forward, norm) for _ in range(config.layers)
        )
        self.norm = norm(config.width)

    def forward(
        self, ids: Tensor, cache: KVCache | None = None, mask: Tensor | None = None, edit: Edit | None = None
    ) -> tuple[Tensor, DecoderTrace]:
        """Logits (B, T, V) for the token after each of ``ids`` (B, T), and the trace.

        With a cache, ``ids`` are the new tokens only. ``mask`` (T, S) or (B, H, T, S) replaces the causal mask.
        """
        T, offset = ids.shape[1], 0 if cache is None else len(cache)
        mask = causal_mask(T, offset, ids.device) if mask is None else mask
        x = embedded = self.position.embed(self.embedding(ids), torch.arange(offset, offset + T, device=ids.device))
        blocks = []
        for layer, block in enumerate(self.blocks):
            x, trace = block(x, mask, None if cache is None else cache.layers[layer], edit and partial(edit, layer))
            blocks.append(trace)
        return self.unembed(x), DecoderTrace(embedded, tuple(blocks))

    def unembed(self, x: Tensor) -> Tensor:
        """norm(x) Eᵀ: logits (..., V) from any point of the residual stream (..., D); the logit lens."""
        return self.norm(x) @ self.embedding.weight.T

    def new_cache(self) -> KVCache:
        """An empty cache of this model's depth."""
        return KVCache(self.config.layers)
