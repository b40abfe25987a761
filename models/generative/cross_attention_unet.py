"""Two U-Nets that are told a digit's class and its ink: by their norms, or by cross-attention to one token for each.

Papers: Rombach et al. 2022, "High-Resolution Image Synthesis with Latent Diffusion Models", section 3.3 (conditions by
cross-attention); Dhariwal & Nichol 2021, section 3 (conditions by adaptive group norm).

With a single token the softmax is over one number, and its weight is always 1; hence two.

Symbols
    B  batch     C  channels of a level     N  its side, Q = N²  pixels     E  width of embeddings and tokens
    S = 2  tokens: class and ink     A  width of queries and keys     w  weights (B, Q, S)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, silu

from models.generative.digit_unet import DigitUNet, DigitUNetTrace
from models.generative.timestep_embedding import timestep_embedding

LEVELS = 3
"""Of ink; one more stands for “no ink asked”."""


def attention_weights(q: Tensor, k: Tensor) -> Tensor:
    """w = softmax(Q Kᵀ / √A), a row per pixel and a column per token.  (B, Q, A), (B, S, A) → (B, Q, S)"""
    return (q @ k.mT / q.shape[-1] ** 0.5).softmax(dim=-1)


class TokenAttention(nn.Module):
    """h + w V: each pixel takes from the tokens what its query asks for."""

    def __init__(self, channels: int, width: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels)
        self.to_query, self.to_key = nn.Linear(channels, width // 2), nn.Linear(width, width // 2)
        self.to_value = nn.Linear(width, channels)

    def forward(self, h: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, N, N), (B, S, E) → the same shape, and the weights (B, Q, S)."""
        q = self.to_query(self.norm(h).flatten(2).mT)  # (B, Q, A)
        w = attention_weights(q, self.to_key(tokens))  # (B, Q, S)
        return h + (w @ self.to_value(tokens)).mT.reshape(h.shape), w


class NormConditionedUNet(DigitUNet):
    """Class and ink are added to the embedding of time, from which every norm takes scale and shift."""

    def __init__(self, widths: tuple[int, ...] = (10, 20), embedding: int = 32, groups: int = 5) -> None:
        super().__init__(widths, embedding, groups=groups, dropout=0.0)
        self.no_ink = LEVELS
        self.embed_ink = nn.Embedding(LEVELS + 1, embedding)

    def told(self, t: Tensor, label: Tensor, ink: Tensor) -> Tensor:
        """(B,) each → (B, E)"""
        time = timestep_embedding(t, self.embed_ink.embedding_dim)  # (B, E)
        return silu(self.embed_time(time) + self.embed_class(label) + self.embed_ink(ink))

    def forward(self, x: Tensor, t: Tensor, label: Tensor, ink: Tensor) -> tuple[Tensor, DigitUNetTrace]:  # type: ignore[override]
        embedding = self.told(t, label, ink)  # (B, E)
        skips, middle = self.contract(x, embedding)
        v, up = self.expand(middle, skips, embedding)  # (B, 1, N, N)
        return v, DigitUNetTrace(embedding, skips, middle, up)


class CrossAttentionTrace(NamedTuple):
    down: tuple[Tensor, ...]  # (B, C, N, N)
    middle: Tensor  # (B, C, N, N)
    up: tuple[Tensor, ...]  # (B, C, N, N)
    weights: tuple[Tensor, ...]  # (B, Q, S) on the way down, in the middle, on the way up


class CrossAttentionUNet(NormConditionedUNet):
    """The norms are told the time only; class and ink are tokens that the pixels of each of two levels attend to."""

    def __init__(self, widths: tuple[int, int] = (10, 20), embedding: int = 32, groups: int = 5) -> None:
        super().__init__(widths, embedding, groups)
        self.attend = nn.ModuleList(TokenAttention(c, embedding, groups) for c in (widths[0], widths[1], widths[0]))

    def forward(self, x: Tensor, t: Tensor, label: Tensor, ink: Tensor) -> tuple[Tensor, CrossAttentionTrace]:  # type: ignore[override]
        time = silu(self.embed_time(timestep_embedding(t, self.embed_ink.embedding_dim)))  # (B, E)
        tokens = torch.stack([self.embed_class(label), self.embed_ink(ink)], dim=1)  # (B, S, E)
        skip, first = self.attend[0](self.down[0](self.read(x), time), tokens)
        middle, second = self.attend[1](self.middle(self.halve[0](skip), time), tokens)
        risen = interpolate(self.widen[0](middle), scale_factor=2.0)  # (B, C, N, N)
        up, third = self.attend[2](self.up[0](torch.cat([risen, skip], dim=1), time), tokens)
        v = self.write(silu(self.norm(up)))  # (B, 1, N, N)
        return v, CrossAttentionTrace((skip,), middle, (up,), (first, second, third))
