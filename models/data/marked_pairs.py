"""Digits with two marked patches on both sides of a border between windows: are the two marks alike?

Symbols
    x  images (B, 1, N, N), N = 8        P = 2  side of a patch        the border lies between patch columns 1 and 2
"""

import torch
from torch import Tensor

LEFT = 1
"""Patch column of the left mark; the right one stands beside it."""


def marked(x: Tensor, rows: Tensor, left: Tensor, right: Tensor, side: int = 2) -> Tensor:
    """Two patches overwritten in patch row ``rows`` (B,): ink where ``left`` or ``right`` (B,) is True, else paper."""
    image = x.clone()
    for column, ink in ((LEFT, left), (LEFT + 1, right)):
        down = side * rows[:, None] + torch.arange(side, device=x.device)  # (B, P)
        across = side * column + torch.arange(side, device=x.device)  # (P,)
        each = torch.arange(len(x), device=x.device)[:, None, None]
        image[each, 0, down[:, :, None], across] = torch.where(ink, 1.0, -1.0)[:, None, None]
    return image


def marked_pairs(x: Tensor, draws: torch.Generator, side: int = 2) -> tuple[Tensor, Tensor]:
    """Marks at random, and whether they are alike: images (B, 1, N, N) and labels (B,), 1 for alike."""
    on = {"generator": draws, "device": x.device}
    rows = torch.randint(x.shape[-1] // side, (len(x),), **on)
    left, right = (torch.randint(2, (len(x),), **on).bool() for _ in range(2))
    return marked(x, rows, left, right, side), (left == right).long()
