"""Views of a digit: the same image rotated, scaled, moved and under noise, each at random.

Paper: Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", section 3 (there
crops, colours and blur).

Symbols
    x  images (B, 1, N, N), −1 is paper     θ  angle, radians (B,)     s  scale (B,)     t  shift, in half sides (B, 2)
    M  the map from a place in the view to one in the image (B, 2, 3)     p  textures (B, 1, N, N)
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

SHORTEST, LONGEST = 2.0, 4.0
"""Pixels from one crest of a texture to the next."""


class Ranges(NamedTuple):
    """How far a view may differ from its image."""

    degrees: float = 45.0  # of rotation, either way
    share: float = 0.15  # by which it is larger or smaller
    pixels: float = 1.0  # it moves, each way
    noise: float = 0.2  # standard deviation on every pixel; ink is 2 above paper


def placement(count: int, ranges: Ranges, side: int, draws: torch.Generator) -> Tensor:
    """M = [R(θ)/s, t], all uniform within the ranges.  (B, 2, 3)"""
    angle, scale, across, down = 2 * torch.rand(4, count, generator=draws) - 1  # (B,)
    theta, s = angle * math.radians(ranges.degrees), 1 + ranges.share * scale  # (B,)
    t = torch.stack([across, down], -1) * ranges.pixels * 2 / side  # (B, 2)
    rotation = torch.stack([theta.cos(), -theta.sin(), theta.sin(), theta.cos()], -1).view(-1, 2, 2)  # (B, 2, 2)
    return torch.cat([rotation / s[:, None, None], t[:, :, None]], -1)


def placed(x: Tensor, M: Tensor) -> Tensor:
    """The image read at M, between pixels by bilinear interpolation; outside is paper.  (B, 1, N, N)"""
    return grid_sample(x + 1, affine_grid(M, list(x.shape), align_corners=False), align_corners=False) - 1


def view(x: Tensor, ranges: Ranges, draws: torch.Generator) -> Tensor:
    """One view of each image.  (B, 1, N, N)"""
    clean = placed(x, placement(len(x), ranges, x.shape[-1], draws))  # (B, 1, N, N)
    return clean + ranges.noise * torch.randn(clean.shape, generator=draws)


def textures(count: int, side: int, draws: torch.Generator) -> Tensor:
    """p = sin(k·r + φ): stripes of any direction, 2 to 4 pixels apart.  (B, 1, N, N)"""
    turn, phase, length = torch.rand(3, count, 1, 1, generator=draws)
    k = 2 * math.pi / (SHORTEST + (LONGEST - SHORTEST) * length)  # (B, 1, 1)
    r = torch.arange(side) - (side - 1) / 2  # (N,)
    along = (2 * math.pi * turn).cos() * r + (2 * math.pi * turn).sin() * r[:, None]  # (B, N, N)
    return (k * along + 2 * math.pi * phase).sin()[:, None]
