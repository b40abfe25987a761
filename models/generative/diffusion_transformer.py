"""DiT: a denoiser that is a transformer over patches, steered by time and class through its norms.

Paper: Peebles & Xie 2022, "Scalable Diffusion Models with Transformers", section 3.2 and figure 3 (adaLN-zero).

Symbols
    x  noisy pictures (B, 1, N, N)     c  condition: time + class (B, D)      T  patches      D  width
    γ, β, α  scale, shift and gate of a part, made from c (B, D) each
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from models.attention.biased_multi_head import BiasedMultiHeadAttention
from models.attention.multi_head import MultiHeadTrace
from models.generative.timestep_embedding import timestep_embedding
from models.layers.feed_forward import FeedForward
from models.transformer.vision_transformer import patches, unpatched


class DiTBlockTrace(NamedTuple):
    """How a block was steered, and its attention."""

    attention_gate: Tensor  # (B, D)
    feed_forward_gate: Tensor  # (B, D)
    attention: MultiHeadTrace


class DiTTrace(NamedTuple):
    condition: Tensor  # (B, D)
    blocks: tuple[DiTBlockTrace, ...]


def modulated(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """adaLN: x (1 + γ) + β, the same for all patches of a picture.  (B, T, D)"""
    return x * (1 + scale[:, None]) + shift[:, None]


VECTORS = ("scale", "shift", "gate", "feed-forward scale", "feed-forward shift", "feed-forward gate")
"""What a block makes of the condition, in the order of its rows of weights."""


class DiTBlock(nn.Module):
    """x + α₁ Attention(adaLN(x)), then x + α₂ FFN(adaLN(x)); with α = 0 the block is the identity."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.attention, self.feed_forward = BiasedMultiHeadAttention(width, heads), FeedForward(width, hidden)
        self.to_modulation = nn.Linear(width, 6 * width)

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, DiTBlockTrace]:
        scale, shift, gate, ff_scale, ff_shift, ff_gate = self.to_modulation(condition).chunk(6, dim=-1)  # (B, D)
        attended, trace = self.attention(modulated(self.norm(x), scale, shift))
        x = x + gate[:, None] * attended  # (B, T, D)
        transformed, _ = self.feed_forward(modulated(self.norm(x), ff_scale, ff_shift))
        x = x + ff_gate[:, None] * transformed  # (B, T, D)
        return x, DiTBlockTrace(gate, ff_gate, trace)

    @torch.no_grad()
    def hold(self, vector: str, value: float) -> None:
        """Make one of ``VECTORS`` this number in all its places, whatever the condition."""
        at = VECTORS.index(vector)
        weight = self.to_modulation.weight.chunk(6)[at]  # (D, D)
        bias = self.to_modulation.bias.chunk(6)[at]  # (D,)
        weight.zero_()
        bias.fill_(value)


class DiffusionTransformer(nn.Module):
    """Patches in, L steered blocks, patches out; class ``classes`` stands for “no class asked”."""

    def __init__(
        self, side: int = 2, size: int = 8, width: int = 80, layers: int = 4, heads: int = 5, hidden: int = 216,
        classes: int = 10,
    ) -> None:  # fmt: skip
        super().__init__()
        self.side, self.size, self.no_class = side, size, classes
        self.patch_embedding = nn.Linear(side * side, width)
        self.position = nn.Parameter(torch.zeros((size // side) ** 2, width))
        self.embed_time = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.embed_class = nn.Embedding(classes + 1, width)
        self.blocks = nn.ModuleList(DiTBlock(width, heads, hidden) for _ in range(layers))
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.to_modulation = nn.Linear(width, 2 * width)
        self.to_patches = nn.Linear(width, side * side)

    @torch.no_grad()
    def start(self) -> "DiffusionTransformer":
        """adaLN-zero: every block begins as the identity, and the first prediction is 0.  Section 3.2."""
        for layer in (*(block.to_modulation for block in self.blocks), self.to_modulation, self.to_patches):
            layer.weight.zero_()
            layer.bias.zero_()
        return self

    def forward(self, x: Tensor, t: Tensor, label: Tensor) -> tuple[Tensor, DiTTrace]:
        """x (B, 1, N, N); t (B,) from 1 to T; label (B,) → the velocity v̂ (B, 1, N, N)."""
        time = timestep_embedding(t, self.embed_class.embedding_dim)  # (B, D)
        condition = silu(self.embed_time(time) + self.embed_class(label))  # (B, D)
        h = self.patch_embedding(patches(x, self.side)) + self.position  # (B, T, D)
        blocks = []
        for block in self.blocks:
            h, trace = block(h, condition)
            blocks.append(trace)
        scale, shift = self.to_modulation(condition).chunk(2, dim=-1)  # (B, D)
        v = unpatched(self.to_patches(modulated(self.norm(h), scale, shift)), self.side, self.size)  # (B, 1, N, N)
        return v, DiTTrace(condition, tuple(blocks))
