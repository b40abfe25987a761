"""The clips that are tested: what is hidden in them, their order, and where the square was last seen."""

from functools import cache

import torch
from torch import Tensor

from models.data.moving_square import FRAMES, SIDE, Clips, moving_square
from models.seeding import generator

LEARNED, HELD_OUT = 2000, 300
"""Clips to learn from, and clips that are tested."""

LAST = 3
"""Frames that are hidden at the end."""

SHUFFLED = (2, 0, 3, 1, *range(4, FRAMES))
"""Only the first four frames change places: the last visible one stays."""


@cache
def clips(count: int, seed: int) -> Clips:
    return moving_square(count, generator(seed))


def visible_pixels(hidden: str) -> Tensor:
    """1 where a pixel is visible.  (F, N, N)"""
    shown = torch.ones(FRAMES, SIDE, SIDE)
    if hidden == "last three frames":
        shown[-LAST:] = 0
    else:
        shown[:, :, SIDE // 2 :] = 0
    return shown


def reordered(given: Clips, order: str) -> Clips:
    places = {"as filmed": range(FRAMES), "first four shuffled": SHUFFLED, "backwards": range(FRAMES)[::-1]}[order]
    return Clips(*(part[:, list(places)] for part in given))


def last_seen(whole: Tensor) -> Tensor:
    """The newest frame up to each in which the square is wholly visible; before any, the first such frame.  (Q, F)"""
    times = torch.arange(FRAMES)
    newest = torch.where(whole, times, -1).cummax(1).values  # (Q, F)
    return torch.where(newest < 0, whole.int().argmax(1, keepdim=True), newest)


def straight_on(centres: Tensor, newest: Tensor) -> Tensor:
    """Where the square would be at its last visible speed, without walls.  (Q, F, 2), (Q, F) → (Q, F, 2)"""
    rows = torch.arange(len(centres))[:, None]
    speed = centres[rows, newest] - centres[rows, (newest - 1).clamp(min=0)]
    return centres[rows, newest] + (torch.arange(FRAMES) - newest)[..., None] * speed


def turned_while_hidden(bounced: Tensor, newest: Tensor, hidden: Tensor) -> Tensor:
    """True where the square has bounced since it was last seen.  (Q, F) each → (Q, F)"""
    return (bounced != bounced[torch.arange(len(bounced))[:, None], newest]) & hidden
