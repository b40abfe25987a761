"""A trained U-Net that is given something else at one level."""

from typing import Literal

import torch
from torch import Tensor

from models.convolution.unet import UNet

Level = Literal["nothing", "first level’s skip", "second level’s skip", "third level’s skip", "bottom"]
LEVELS: tuple[Level, ...] = ("first level’s skip", "second level’s skip", "third level’s skip", "bottom")
Substitute = Literal["another picture’s", "zeros"]


def altered(model: UNet, x: Tensor, level: Level, by: Substitute) -> Tensor:
    """What is said of every pixel (B, Y, N, N) by the twin with skips, with what one level hands on replaced."""
    skips, bottom = model.contract(x)
    held = [*skips, bottom]
    if level != "nothing":
        at = LEVELS.index(level)
        held[at] = held[at].roll(1, 0) if by == "another picture’s" else torch.zeros_like(held[at])
    *skips_now, bottom = held
    return model.expand(bottom, tuple(skips_now))[0]
