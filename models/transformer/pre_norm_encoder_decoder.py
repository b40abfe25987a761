"""The transformer of 2017 with its norms moved in front of each part, as its released code has them.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.1 (norm behind the sum, LayerNorm(x + Sublayer(x)));
Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture", section 3 and table 1 (both placements).

Symbols as in ``models/transformer/encoder_decoder.py``.
"""

from torch import Tensor, nn
from torch.nn.functional import relu

from models.attention.cross import Memory
from models.transformer.encoder import EncoderBlock, EncoderBlockTrace
from models.transformer.encoder_decoder import (
    CrossBlock,
    CrossBlockTrace,
    Encoded,
    EncoderDecoder,
    EncoderDecoderConfig,
    EncoderDecoderTrace,
)


class PreNormEncoderBlock(EncoderBlock):
    """x ← x + Attention(norm(x)), then x ← x + FFN(norm(x)): the stream itself is never normed."""

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, EncoderBlockTrace]:
        attended, attention = self.attention(self.attention_norm(x), mask)
        x = x + attended  # (B, T, D)
        transformed, neurons = self.feed_forward(self.feed_forward_norm(x))
        x = x + transformed  # (B, T, D)
        return x, EncoderBlockTrace(attention, neurons, x)


class PreNormCrossBlock(CrossBlock):
    """x + SelfAttention(norm(x)), x + CrossAttention(norm(x), source), x + FFN(norm(x)), one after the other."""

    def forward(self, x: Tensor, memory: Memory, causal: Tensor, seen: Tensor | None) -> tuple[Tensor, CrossBlockTrace]:
        attended, own = self.self_attention(self.self_attention_norm(x), causal)
        x = x + attended  # (B, T, D)
        fetched, across = self.cross_attention(self.cross_attention_norm(x), memory, seen)
        x = x + fetched  # (B, T, D)
        transformed, neurons = self.feed_forward(self.feed_forward_norm(x))
        x = x + transformed  # (B, T, D)
        return x, CrossBlockTrace(own, across, neurons, x)


class PreNormEncoder(EncoderDecoder):
    """The norms of the encoder alone moved; one more ends the stack, since nothing else bounds its last sum."""

    def __init__(self, config: EncoderDecoderConfig) -> None:
        super().__init__(config)
        sizes = config.width, config.heads, config.hidden
        self.encoder = nn.ModuleList(PreNormEncoderBlock(*sizes, relu) for _ in range(config.layers))
        self.encoder_norm = nn.LayerNorm(config.width)

    def encode(self, source: Tensor, mask: Tensor | None = None) -> Encoded:
        read = super().encode(source, mask)
        states = self.encoder_norm(read.states)  # (B, S, D)
        memories = tuple(block.cross_attention.remember(states) for block in self.decoder)
        return Encoded(states, memories, mask, read.blocks)


class PreNormEncoderDecoder(PreNormEncoder):
    """The norms of both stacks moved; the decoder too ends with one more."""

    def __init__(self, config: EncoderDecoderConfig) -> None:
        super().__init__(config)
        sizes = config.width, config.heads, config.hidden
        self.decoder = nn.ModuleList(PreNormCrossBlock(*sizes) for _ in range(config.layers))
        self.decoder_norm = nn.LayerNorm(config.width)

    def decode(self, target: Tensor, encoded: Encoded) -> tuple[Tensor, EncoderDecoderTrace]:
        _, trace = super().decode(target, encoded)
        return self.decoder_norm(trace.blocks[-1].output) @ self.embedding.weight.T, trace
