"""Pictures of discs and squares on a dark ground under noise, with the class of every pixel.

Symbols
    B  scenes      N = 32  side of a scene      S = 4  shapes at most
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from models.seeding import generator

SIDE, SHAPES = 32, 4
CLASSES = ("ground", "disc", "square")
NOISE = 0.4
"""Standard deviation of the noise on every pixel; a shape is 1 brighter than the ground."""


class Scenes(NamedTuple):
    """What is seen, and what every pixel belongs to."""

    images: Tensor  # (B, 1, N, N) ground near 0, shapes near 1
    labels: Tensor  # (B, N, N) 0 ground, 1 disc, 2 square


def scenes(count: int, seed: int, noise: float = NOISE) -> Scenes:
    """Two to four shapes a scene, 3 to 7 pixels from centre to side; a later one covers an earlier one."""
    draws = generator(seed)
    shape = (SHAPES, count, 1, 1)
    row, column = (torch.rand(shape, generator=draws) * SIDE for _ in range(2))
    reach = 3 + 4 * torch.rand(shape, generator=draws)
    square = torch.rand(shape, generator=draws) < 0.5
    there = torch.arange(SHAPES).view(SHAPES, 1, 1, 1) < torch.randint(2, SHAPES + 1, (count, 1, 1), generator=draws)
    place = torch.arange(SIDE) + 0.5
    down, across = (place[:, None] - row).abs(), (place - column).abs()  # (S, B, N, 1) and (S, B, 1, N)
    inside = torch.where(square, torch.maximum(down, across) <= reach, down**2 + across**2 <= reach**2) & there
    labels = torch.zeros(count, SIDE, SIDE, dtype=torch.long)
    for covers, kind in zip(inside, square):
        labels = torch.where(covers, 1 + kind.long(), labels)
    rough = noise * torch.randn(count, SIDE, SIDE, generator=draws)
    return Scenes(((labels > 0) + rough)[:, None], labels)


def edges(labels: Tensor) -> Tensor:
    """The pixels that touch, by a side or a corner, a pixel of another class: labels (B, N, N) → (B, N, N) of bool."""
    high = max_pool2d(labels.float(), 3, stride=1, padding=1)
    low = -max_pool2d(-labels.float(), 3, stride=1, padding=1)
    return high != low
