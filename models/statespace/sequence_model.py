"""One frame for any layer that mixes a sequence, so that only the layer differs between two models.

Papers: Gu & Dao 2023, "Mamba", section 3.4 (norm, mixer, residual); Arora et al. 2023, "Zoology", section 4
(comparing mixers on recall). A token shift stands before every mixer that brings no short convolution of its own, as
Mamba does: without it, attention has to find out first that a value belongs to the key before it, and did not in 12,000
steps; with it, within 250. What is compared is the memory.

Symbols
    ids  symbols (B, T)       D  width       L  layers       V  vocabulary
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor, nn

from models.attention.grouped_query import GroupedQueryAttention
from models.attention.masks import causal_mask
from models.layers.no_feed_forward import NoFeedForward
from models.layers.rmsnorm import RMSNorm
from models.layers.swiglu import SwiGLU
from models.layers.token_shift import TokenShift
from models.position.rope import RoPE
from models.recurrence.gru import GRU
from models.statespace.fixed_block import FixedBlock
from models.statespace.mamba import Mamba
from models.statespace.retention import MultiScaleRetention
from models.transformer.decoder import FeedForward

Mixer = Callable[[int], nn.Module]
"""Builds a causal layer from the width; its forward takes (B, T, D) and returns (y, trace)."""

Shift = Callable[[int], nn.Module]
"""Builds what stands before the mixer from the width; (B, T, D) to (B, T, D)."""


class CausalAttention(GroupedQueryAttention):
    """Causal self-attention with rotary positions, as a mixer."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__(width, heads, heads, width // heads, RoPE())

    def forward(self, x: Tensor) -> tuple[Tensor, Any]:
        return super().forward(x, causal_mask(x.shape[1], device=x.device))


class SequenceTrace(NamedTuple):
    """What each layer's mixer did."""

    mixers: tuple[Any, ...]


class SequenceBlock(nn.Module):
    """x + mixer(shift(norm(x))), then x + FFN(norm(x))."""

    def __init__(self, width: int, hidden: int, mixer: Mixer, feed_forward: FeedForward, shift: Shift) -> None:
        super().__init__()
        self.mixer_norm, self.shift, self.mixer = RMSNorm(width), shift(width), mixer(width)
        self.feed_forward_norm, self.feed_forward = RMSNorm(width), feed_forward(width, hidden)

    def forward(self, x: Tensor) -> tuple[Tensor, Any]:
        mixed, trace = self.mixer(self.shift(self.mixer_norm(x)))
        x = x + mixed  # (B, T, D)
        transformed, _ = self.feed_forward(self.feed_forward_norm(x))
        return x + transformed, trace


class SequenceModel(nn.Module):
    """Embed, L blocks, norm, compare with every embedding."""

    def __init__(
        self,
        vocabulary: int,
        width: int,
        layers: int,
        hidden: int,
        mixer: Mixer,
        feed_forward: FeedForward,
        shift: Shift,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList(SequenceBlock(width, hidden, mixer, feed_forward, shift) for _ in range(layers))
        self.norm = RMSNorm(width)

    def forward(self, ids: Tensor) -> tuple[Tensor, SequenceTrace]:
        """Logits (B, T, V) for the symbol after each."""
        x, traces = self.embedding(ids), []
        for block in self.blocks:
            x, trace = block(x)
            traces.append(trace)
        return self.norm(x) @ self.embedding.weight.T, SequenceTrace(tuple(traces))


WIDTH, LAYERS, HIDDEN = 64, 2, 128
KINDS: dict[str, tuple[Mixer, FeedForward, Shift]] = {
    "mamba": (partial(Mamba, state=8), NoFeedForward, nn.Identity),  # as in the paper, the mixer is the whole block
    "s4d": (partial(FixedBlock, state=8), NoFeedForward, nn.Identity),
    "retnet": (partial(MultiScaleRetention, heads=4), SwiGLU, TokenShift),
    "gru": (GRU, SwiGLU, TokenShift),
    "attention": (CausalAttention, SwiGLU, TokenShift),
}


def sequence_model(kind: str, vocabulary: int) -> SequenceModel:
    """Two layers of width 64 of the given kind; its weights are still to come."""
    return SequenceModel(vocabulary, WIDTH, LAYERS, HIDDEN, *KINDS[kind])
