"""MAE: a few patches go through the encoder, a small decoder rebuilds the pixels of all others.

Paper: He et al. 2021, "Masked Autoencoders Are Scalable Vision Learners", section 3 (three patches in four masked, the
encoder sees visible ones alone, mean squared error on masked ones alone).

Symbols
    x  images (B, 1, N, N)     T  patches     V  visible ones     P  side of a patch     D  width
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.transformer.vision_transformer import VisionBlock, patches, unpatched


class MaskedTrace(NamedTuple):
    hidden: Tensor  # (B, T) True where a patch was masked
    tokens: Tensor  # (B, T, P·P) pixels predicted for each patch


def visible_patches(count: int, total: int, visible: int, draws: torch.Generator) -> Tensor:
    """For each image a random choice of patches, in their order.  (B, V)"""
    order = torch.rand(count, total, generator=draws, device=draws.device).argsort(dim=1)
    return order[:, :visible].sort(dim=1).values


def hidden_error(predicted: Tensor, x: Tensor, hidden: Tensor, side: int) -> Tensor:
    """Mean squared error per pixel on the masked patches alone: predicted (B, T, P·P), hidden (B, T).  ()"""
    return (predicted - patches(x, side)).square().mean(dim=-1)[hidden].mean()


class MaskedAutoencoder(nn.Module):
    """Encoder on visible patches; then mask tokens at the empty positions, and a shallower decoder on all."""

    def __init__(
        self, side: int = 2, size: int = 8, width: int = 32, layers: int = 2, heads: int = 4, hidden: int = 64
    ) -> None:
        super().__init__()
        self.side, self.size, T = side, size, (size // side) ** 2
        self.patch_embedding = nn.Linear(side * side, width)
        self.position, self.decoder_position = (nn.Parameter(torch.zeros(T, width)) for _ in range(2))
        self.mask_token = nn.Parameter(torch.zeros(1, width))
        self.encoder = nn.ModuleList(VisionBlock(width, heads, hidden) for _ in range(layers))
        self.decoder = nn.ModuleList([VisionBlock(width, heads, hidden)])
        self.norm, self.to_pixels = nn.LayerNorm(width), nn.Linear(width, side * side)

    def encode(self, x: Tensor, visible: Tensor) -> Tensor:
        """The visible patches (B, V) of x, each with its position, through the encoder.  (B, V, D)"""
        embedded = self.patch_embedding(patches(x, self.side)) + self.position  # (B, T, D)
        state = embedded.gather(1, visible[..., None].expand(-1, -1, embedded.shape[-1]))  # (B, V, D)
        for block in self.encoder:
            state, _ = block(state)
        return state

    def forward(self, x: Tensor, visible: Tensor) -> tuple[Tensor, MaskedTrace]:
        """Images, and which of their patches are visible (B, V) → rebuilt images (B, 1, N, N)."""
        encoded, places = self.encode(x, visible), visible[..., None]
        state = self.mask_token.expand(len(x), len(self.position), -1)  # (B, T, D)
        state = state.scatter(1, places.expand_as(encoded), encoded) + self.decoder_position  # (B, T, D)
        for block in self.decoder:
            state, _ = block(state)
        tokens = self.to_pixels(self.norm(state))  # (B, T, P·P)
        hidden = torch.ones(tokens.shape[:2], dtype=torch.bool, device=x.device).scatter(1, visible, False)
        return unpatched(tokens, self.side, self.size), MaskedTrace(hidden, tokens)
