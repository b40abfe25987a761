"""A vision transformer: a picture cut into patches and read like a text.

Paper: Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words", section 3.1, equations 1 to 4.
Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers", section 3 (rollout).

Symbols
    x  pictures (B, C, N, N)      P  side of a patch        T = (N/P)²  patches, then T + 1 with the class token
    D  width                      H  heads                  Y  classes
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.biased_multi_head import BiasedMultiHeadAttention
from models.attention.multi_head import MultiHeadTrace
from models.layers.feed_forward import FeedForward


class VisionTrace(NamedTuple):
    """Attention by layer, and the vectors before the first layer and after each."""

    attention: tuple[MultiHeadTrace, ...]
    states: tuple[Tensor, ...]  # each (B, T + 1, D)


def patches(x: Tensor, side: int) -> Tensor:
    """Row by row, each patch as one vector: (B, C, N, N) → (B, T, C·P·P)."""
    return nn.functional.unfold(x, side, stride=side).transpose(1, 2)


def unpatched(tokens: Tensor, side: int, size: int) -> Tensor:
    """The inverse of ``patches``: (B, T, C·P·P) → (B, C, N, N)."""
    return nn.functional.fold(tokens.transpose(1, 2), size, side, stride=side)


def rollout(weights: tuple[Tensor, ...]) -> Tensor:
    """∏ₗ ½ (mean over heads of Aₗ + I): how much of each first token reaches each last one.  (B, T, T)"""
    reached = torch.eye(weights[0].shape[-1], device=weights[0].device)
    for layer in weights:
        mixed = layer.mean(dim=1)  # (B, T, T)
        reached = (0.5 * mixed + 0.5 * torch.eye(mixed.shape[-1], device=mixed.device)) @ reached
    return reached


class VisionBlock(nn.Module):
    """x + Attention(norm(x)), then x + FFN(norm(x)).  Equations 2 and 3."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention_norm, self.attention = nn.LayerNorm(width), BiasedMultiHeadAttention(width, heads)
        self.feed_forward_norm, self.feed_forward = nn.LayerNorm(width), FeedForward(width, hidden)

    def forward(self, x: Tensor) -> tuple[Tensor, MultiHeadTrace]:
        attended, trace = self.attention(self.attention_norm(x))
        x = x + attended  # (B, T, D)
        transformed, _ = self.feed_forward(self.feed_forward_norm(x))
        return x + transformed, trace


class VisionTransformer(nn.Module):
    """Patches and a class token, L blocks; the class token's last vector decides."""

    def __init__(
        self, side: int = 2, size: int = 8, channels: int = 1, width: int = 64, layers: int = 3, heads: int = 4,
        hidden: int = 128, classes: int = 10,
    ) -> None:  # fmt: skip
        super().__init__()
        self.side = side
        self.patch_embedding = nn.Linear(channels * side * side, width)
        self.class_token = nn.Parameter(torch.zeros(1, width))
        self.position = nn.Parameter(torch.zeros((size // side) ** 2 + 1, width))
        self.blocks = nn.ModuleList(VisionBlock(width, heads, hidden) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.to_logits = nn.Linear(width, classes)

    def embed(self, x: Tensor) -> Tensor:
        """[class; x₁E; …; x_TE] + positions.  Equation 1.  (B, T + 1, D)"""
        embedded = self.patch_embedding(patches(x, self.side))  # (B, T, D)
        return torch.cat([self.class_token.expand(len(x), 1, -1), embedded], dim=1) + self.position

    def forward(self, x: Tensor) -> tuple[Tensor, VisionTrace]:
        """x (B, C, N, N) → logits (B, Y), read from the class token.  Equation 4."""
        states, attention = [self.embed(x)], []
        for block in self.blocks:
            x, trace = block(states[-1])
            states.append(x)
            attention.append(trace)
        return self.to_logits(self.norm(states[-1][:, 0])), VisionTrace(tuple(attention), tuple(states))
