"""Other wirings of a decoder block's two sublayers, with the weights of a trained one.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.1 (a residual around each sublayer);
Chowdhery et al. 2022, "PaLM", section 2 (parallel layers, trained so); Le Scao et al. 2022, "BLOOM": its configuration
has a switch, apply_residual_connection_post_layernorm, for the residual from the normalised stream.

Symbols
    x  residual stream (B, T, D)      A  attention      F  feed-forward layer      n₁, n₂  their norms
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from models.attention.masks import causal_mask
from models.serving.kv_cache import LayerCache
from models.transformer.decoder import BlockTrace, Decoder, DecoderBlock

Part = Callable[[Tensor], Tensor]
"""A sublayer, or a norm: (B, T, D) → (B, T, D)."""


class Parts(NamedTuple):
    """A block taken apart."""

    n1: Part
    A: Part
    n2: Part
    F: Part


def as_trained(x: Tensor, b: Parts) -> Tensor:
    """y = x + A(n₁(x)); y + F(n₂(y)): the MLP reads what attention has just added."""
    y = x + b.A(b.n1(x))
    return y + b.F(b.n2(y))


def parallel(x: Tensor, b: Parts) -> Tensor:
    """x + A(n₁(x)) + F(n₂(x)): both read the stream from before the block."""
    return x + b.A(b.n1(x)) + b.F(b.n2(x))


def mlp_first(x: Tensor, b: Parts) -> Tensor:
    """y = x + F(n₂(x)); y + A(n₁(y)): the two sublayers exchanged."""
    y = x + b.F(b.n2(x))
    return y + b.A(b.n1(y))


def residual_from_norm(x: Tensor, b: Parts) -> Tensor:
    """y = n₁(x) + A(n₁(x)); n₂(y) + F(n₂(y)): the residual is taken behind the norm."""
    read = b.n1(x)
    y = read + b.A(read)
    read = b.n2(y)
    return read + b.F(read)


def no_attention(x: Tensor, b: Parts) -> Tensor:
    """x + F(n₂(x)): nothing comes from other tokens."""
    return x + b.F(b.n2(x))


def no_mlp(x: Tensor, b: Parts) -> Tensor:
    """x + A(n₁(x)): nothing is computed at a token by itself."""
    return x + b.A(b.n1(x))


WIRINGS: Mapping[str, Callable[[Tensor, Parts], Tensor]] = {
    "as trained": as_trained,
    "parallel": parallel,
    "MLP first": mlp_first,
    "residual from the norm": residual_from_norm,
    "no attention": no_attention,
    "no MLP": no_mlp,
}


class Added(NamedTuple):
    """What one block does to each token."""

    x: Tensor  # (T, D) the stream before it
    attention: Tensor  # (T, D) what its attention adds
    mlp: Tensor  # (T, D) what its MLP adds


class UpdateAlone(DecoderBlock):
    """A(n₁(x)), then F(n₂(·)) of that: a block without its residual connections, all weights those of ``block``."""

    def __init__(self, block: DecoderBlock) -> None:
        nn.Module.__init__(self)
        self.attention_norm, self.attention = block.attention_norm, block.attention
        self.feed_forward_norm, self.feed_forward = block.feed_forward_norm, block.feed_forward

    def forward(
        self, x: Tensor, mask: Tensor, cache: LayerCache | None, edit: Callable[[Tensor], Tensor] | None
    ) -> tuple[Tensor, BlockTrace]:
        x, attention = self.attention(self.attention_norm(x), mask, cache, edit)  # (B, T, D)
        x, feed_forward = self.feed_forward(self.feed_forward_norm(x))  # (B, T, D)
        return x, BlockTrace(attention, feed_forward, x)


def parts_of(block: DecoderBlock, mask: Tensor) -> Parts:
    return Parts(
        block.attention_norm,
        lambda x: cast(Tensor, block.attention(x, mask)[0]),
        block.feed_forward_norm,
        lambda x: cast(Tensor, block.feed_forward(x)[0]),
    )


def rewired(model: Decoder, ids: Tensor, wiring: str, block: int) -> Tensor:
    """Logits (B, T, V) with one block wired otherwise, all weights as they are."""
    positions = torch.arange(ids.shape[1], device=ids.device)
    x = model.position.embed(model.embedding(ids), positions)  # (B, T, D)
    mask = causal_mask(ids.shape[1], device=ids.device)
    for number, one in enumerate(model.blocks):
        wire = WIRINGS[wiring if number == block else "as trained"]
        x = wire(x, parts_of(cast(DecoderBlock, one), mask))  # (B, T, D)
    return model.unembed(x)


def length(x: Tensor) -> Tensor:
    """‖x‖ = √Σᵢ xᵢ² of each token. (…, D) → (…)"""
    return x.square().sum(dim=-1).sqrt()


def cosine(u: Tensor, x: Tensor) -> Tensor:
    """cos(u, x) = u·x / (‖u‖ ‖x‖): 0 where an update is orthogonal to the stream it is added to. (…, D) → (…)"""
    return (u * x).sum(dim=-1) / (length(u) * length(x))
