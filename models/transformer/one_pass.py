"""One pass through a decoder, written as the equations that a page shows; ``Decoder`` arranges the same ones.

Papers: Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 3.1, equation 2;
Touvron et al. 2023, "LLaMA", section 2.2 (normalised before each sublayer); Vaswani et al. 2017, section 3.4 (one
matrix at both ends).

Symbols
    ids  tokens (B, T)         E  embeddings (V, D)        x  residual stream (B, T, D)
    g    gain of the last norm (D,)       z  logits (B, T, V)       τ  temperature        k  tokens kept
    B  batch      T  tokens      D  width      V  vocabulary      H  heads      K  head width
"""

from typing import cast

from torch import Tensor
from torch.nn.functional import embedding

from models.attention.multi_head import merge_heads
from models.language.sampling import tempered, top_k
from models.layers.rmsnorm import root_mean_square
from models.transformer.block_wiring import UpdateAlone
from models.transformer.decoder import Decoder, DecoderBlock, DecoderTrace


def embed(ids: Tensor, table: Tensor) -> Tensor:
    """x₀ = E[ids]: each token's row of the table."""
    return embedding(ids, table)


def add(x: Tensor, update: Tensor) -> Tensor:
    """x + f(norm(x)): a sublayer reads the stream and adds to it."""
    return x + update


def logits(x: Tensor, gain: Tensor, table: Tensor, epsilon: float = 1e-6) -> Tensor:
    """z = norm(x) Eᵀ: the last state compared with every token's embedding."""
    return x / root_mean_square(x, epsilon) * gain @ table.mT


def next_token(z: Tensor, temperature: float, k: int) -> Tensor:
    """p = softmax(z / τ) over the k largest logits; all are kept where k is 0."""
    warm = tempered(z, temperature)
    return (top_k(warm, k) if k else warm).softmax(dim=-1)


def passed_on(block: DecoderBlock, x: Tensor, update: Tensor) -> Tensor:
    """x + update, or the update alone where the block has no residual connections."""
    return update if isinstance(block, UpdateAlone) else add(x, update)


def half_step(block: DecoderBlock, x: Tensor, half: int, mask: Tensor) -> Tensor:
    """The stream behind one sublayer of a block: its attention (0) or its feed-forward layer (1)."""
    if half == 0:
        update, _ = block.attention(block.attention_norm(x), mask)  # (B, T, D)
    else:
        update, _ = block.feed_forward(block.feed_forward_norm(x))  # (B, T, D)
    return passed_on(block, x, update)


def on_from(model: Decoder, x: Tensor, done: int, mask: Tensor, until: int | None = None) -> Tensor:
    """The stream (B, T, D) behind ``until`` sublayers (all, if not given), from its state behind ``done`` of them."""
    for step in range(done, 2 * len(model.blocks) if until is None else until):
        x = half_step(cast(DecoderBlock, model.blocks[step // 2]), x, step % 2, mask)
    return x


def between(model: Decoder, trace: DecoderTrace, layer: int) -> Tensor:
    """The stream inside a block, behind its attention and before its feed-forward layer: (B, T, D)."""
    before, block = trace.residual[layer], cast(DecoderBlock, model.blocks[layer])
    mixed = merge_heads(trace.blocks[layer].attention.output)  # (B, T, H·K)
    return passed_on(block, before, block.attention.to_out(mixed))
