"""Small colour pictures of one shape, left or right, each with its caption.

Symbols
    B  pictures     N = 16  side     k  what is shown: colour, shape and side (B, 3)     T = 6  words of a caption
"""

import torch
from torch import Tensor

SIDE = 16
COLOURS = {
    "red": (1.0, 0.1, 0.1), "green": (0.1, 0.8, 0.2), "blue": (0.1, 0.2, 1.0), "yellow": (0.9, 0.9, 0.1),
    "violet": (0.7, 0.2, 0.9),
}  # fmt: skip
SHAPES = ("disc", "square", "triangle", "cross")
SIDES = ("left", "right")
WORDS = ("a", *COLOURS, *SHAPES, "on", "the", *SIDES)
CAPTION = 6
NOISE = 0.15
"""Standard deviation on every colour of every pixel; the ground is 0."""

UNSEEN = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 0))
"""Pairs of colour and shape that are never trained, by number; each colour and each shape is trained in other pairs."""


def kinds(unseen: bool) -> Tensor:
    """Every colour, shape and side whose pair is unseen, or is not.  (K, 3)"""
    every = torch.cartesian_prod(*(torch.arange(len(each)) for each in (COLOURS, SHAPES, SIDES)))  # (k, 3)
    held = torch.tensor([(colour, shape) in UNSEEN for colour, shape, _ in every.tolist()])  # (k,)
    return every[held == unseen]


def shapes(k: Tensor, draws: torch.Generator) -> Tensor:
    """One shape of each, without noise: its size and its exact place are random.  (B, 3) → (B, 3, N, N)"""
    jitter = 2 * torch.rand(2, len(k), 1, 1, generator=draws) - 1  # (2, B, 1, 1)
    reach = 2.5 + torch.rand(len(k), 1, 1, generator=draws)  # (B, 1, 1)
    place = torch.arange(SIDE) + 0.5  # (N,)
    across = (place - (4 + 8 * k[:, 2, None, None] + 0.5 * jitter[0])).expand(-1, SIDE, -1)  # (B, N, N)
    down = (place[:, None] - (8 + 3 * jitter[1])).expand(-1, -1, SIDE)  # (B, N, N)
    thin = torch.minimum(across.abs(), down.abs()) <= 0.35 * reach  # (B, N, N)
    box = torch.maximum(across.abs(), down.abs()) <= reach  # (B, N, N)
    inside = torch.stack(
        [across**2 + down**2 <= reach**2, box, box & (2 * across.abs() <= reach + down), box & thin], 1
    )[torch.arange(len(k)), k[:, 1]]  # (B, N, N)
    ink = torch.tensor(list(COLOURS.values()))[k[:, 0], :, None, None]  # (B, 3, 1, 1)
    return inside[:, None] * ink


def noise(count: int, draws: torch.Generator) -> Tensor:
    """(B, 3, N, N)"""
    return NOISE * torch.randn(count, 3, SIDE, SIDE, generator=draws)


def pictures(k: Tensor, draws: torch.Generator) -> Tensor:
    """One picture of each, with noise.  (B, 3) → (B, 3, N, N)"""
    return shapes(k, draws) + noise(len(k), draws)


def second(k: Tensor, draws: torch.Generator) -> Tensor:
    """To each another colour and another shape, at random, on the other side.  (B, 3) → (B, 3)"""
    steps = torch.stack([torch.randint(1, len(each), (len(k),), generator=draws) for each in (COLOURS, SHAPES)], -1)
    colour, shape = ((k[:, :2] + steps) % torch.tensor([len(COLOURS), len(SHAPES)])).unbind(-1)  # (B,)
    return torch.stack([colour, shape, 1 - k[:, 2]], -1)


def pictures_of_two(k: Tensor, other: Tensor, draws: torch.Generator) -> Tensor:
    """Both shapes in one picture.  (B, 3), (B, 3) → (B, 3, N, N)"""
    return shapes(k, draws) + shapes(other, draws) + noise(len(k), draws)


def recoloured(k: Tensor, other: Tensor) -> Tensor:
    """The first shape in the colour of the second.  (B, 3), (B, 3) → (B, 3)"""
    return torch.cat([other[:, :1], k[:, 1:]], -1)


def caption(colour: int, shape: int, side: int) -> str:
    return f"a {list(COLOURS)[colour]} {SHAPES[shape]} on the {SIDES[side]}"


def tokens(text: str) -> Tensor:
    """Numbers of the known words in their order, the first CAPTION of them; −1 where there are no more.  (T,)"""
    known = [WORDS.index(word) for word in text.lower().replace(",", " ").split() if word in WORDS][:CAPTION]
    return torch.tensor(known + [-1] * (CAPTION - len(known)))


def captions(k: Tensor) -> Tensor:
    """(B, 3) → (B, T)"""
    return torch.stack([tokens(caption(*one)) for one in k.tolist()])
