"""A class-conditional U-Net that separates noise from 8×8 digits.

Papers: Ronneberger et al. 2015, "U-Net", section 2 (the U); Ho et al. 2020, "Denoising Diffusion Probabilistic
Models", appendix B (time in every block); Dhariwal & Nichol 2021, "Diffusion Models Beat GANs on Image Synthesis",
section 3 (adaptive group norm); Salimans & Ho 2022, section 4 (the velocity that it predicts).

Symbols
    B  batch        C  channels        N  side of the image; c and n, channels and side of a level
    E  width of the embedding of time and class
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, silu

from models.generative.timestep_embedding import timestep_embedding


class DigitUNetTrace(NamedTuple):
    """What each level of the U held, in the order it was computed."""

    embedding: Tensor  # (B, E)
    down: tuple[Tensor, ...]  # (B, c, n, n) each, also the skips
    middle: Tensor  # (B, c, n, n)
    up: tuple[Tensor, ...]  # (B, c, n, n) each


def adaptive_group_norm(normed: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """AdaGN(h, y) = (1 + y_s) GroupNorm(h) + y_b.  Dhariwal & Nichol, section 3."""
    return normed * (1 + scale[:, :, None, None]) + shift[:, :, None, None]


class ResidualBlock(nn.Module):
    """Two convolutions around the embedding, added to what came in."""

    def __init__(self, inputs: int, outputs: int, embedding: int, groups: int, dropout: float) -> None:
        super().__init__()
        self.norm_in = nn.GroupNorm(groups, inputs)
        self.conv_in = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.to_scale_and_shift = nn.Linear(embedding, 2 * outputs)
        self.norm_out = nn.GroupNorm(groups, outputs)
        self.dropout = nn.Dropout(dropout)
        self.conv_out = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        h = self.conv_in(silu(self.norm_in(x)))  # (B, C, N, N)
        scale, shift = self.to_scale_and_shift(embedding).chunk(2, dim=-1)  # (B, C)
        h = silu(adaptive_group_norm(self.norm_out(h), scale, shift))  # (B, C, N, N)
        return self.shortcut(x) + self.conv_out(self.dropout(h))


class DigitUNet(nn.Module):
    """Down, across and up again, with a skip at every level; class `classes` stands for “no class asked”."""

    def __init__(
        self,
        widths: tuple[int, ...] = (24, 48, 96),
        embedding: int = 96,
        classes: int = 10,
        groups: int = 8,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.no_class = classes
        self.embed_time = nn.Sequential(nn.Linear(embedding, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.embed_class = nn.Embedding(classes + 1, embedding)

        def block(inputs: int, outputs: int) -> ResidualBlock:
            return ResidualBlock(inputs, outputs, embedding, groups, dropout)

        pairs = list(pairwise(widths))
        self.read = nn.Conv2d(1, widths[0], 3, padding=1)
        self.down = nn.ModuleList(block(w, w) for w in widths[:-1])
        self.halve = nn.ModuleList(nn.Conv2d(w, wider, 3, stride=2, padding=1) for w, wider in pairs)
        self.middle = block(widths[-1], widths[-1])
        self.widen = nn.ModuleList(nn.Conv2d(wider, w, 1) for w, wider in reversed(pairs))
        self.up = nn.ModuleList(block(2 * w, w) for w in reversed(widths[:-1]))
        self.norm = nn.GroupNorm(groups, widths[0])
        self.write = nn.Conv2d(widths[0], 1, 3, padding=1)

    def embedded(self, t: Tensor, label: Tensor) -> Tensor:
        """What every block is told of time and class: t (B,) from 1 to T, label (B,) → (B, E)."""
        time = timestep_embedding(t, self.embed_class.embedding_dim)  # (B, E)
        return silu(self.embed_time(time) + self.embed_class(label))

    def contract(self, x: Tensor, embedding: Tensor) -> tuple[tuple[Tensor, ...], Tensor]:
        """The way down: what each level hands across, its skip, from the top down, and the middle."""
        h, skips = self.read(x), []
        for block, halve in zip(self.down, self.halve, strict=True):
            skips.append(block(h, embedding))  # (B, c, n, n)
            h = halve(skips[-1])
        return tuple(skips), self.middle(h, embedding)

    def expand(self, middle: Tensor, skips: tuple[Tensor, ...], embedding: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The way up: the velocity v̂ (B, 1, N, N), and what each level held, from the lowest up."""
        h, up = middle, []
        for widen, block, skip in zip(self.widen, self.up, reversed(skips), strict=True):
            risen = interpolate(widen(h), scale_factor=2.0)  # (B, c, n, n)
            h = block(torch.cat([risen, skip], dim=1), embedding)
            up.append(h)
        return self.write(silu(self.norm(h))), tuple(up)

    def forward(self, x: Tensor, t: Tensor, label: Tensor) -> tuple[Tensor, DigitUNetTrace]:
        """x (B, 1, N, N), N a multiple of 4; t (B,) from 1 to T; label (B,) → the velocity v̂ (B, 1, N, N)."""
        embedding = self.embedded(t, label)  # (B, E)
        skips, middle = self.contract(x, embedding)
        v, up = self.expand(middle, skips, embedding)  # (B, 1, N, N)
        return v, DigitUNetTrace(embedding, skips, middle, up)
