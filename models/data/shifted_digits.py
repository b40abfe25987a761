"""Digits moved by whole pixels: each its own way, or all alike.

Symbols
    x  images (B, C, N, N), −1 is paper        s  shift in pixels, down and right (B, 2), from −R to R
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import pad

Shift = Literal["each its own way", "all alike", "none"]


def moved(x: Tensor, shift: Tensor) -> Tensor:
    """Each image moved by its shift (B, 2); what comes in from outside is paper.  (B, C, N, N)"""
    R, N = int(shift.abs().max()), x.shape[-1]
    wide = pad(x, (R, R, R, R), value=-1.0)  # (B, C, N + 2R, N + 2R)
    inside = torch.arange(N, device=x.device)
    rows, columns = (R - shift[:, axis, None] + inside for axis in (0, 1))  # (B, N)
    image = torch.arange(len(x), device=x.device)[:, None, None]
    return wide.transpose(0, 1)[:, image, rows[:, :, None], columns[:, None]].transpose(0, 1)


def shifts(count: int, how: Shift, draws: torch.Generator) -> Tensor:
    """Shifts by up to one pixel each way; “all alike” moves by one pixel down and right.  (B, 2)"""
    if how == "none":
        return torch.zeros(count, 2, dtype=torch.long)
    if how == "all alike":
        return torch.ones(count, 2, dtype=torch.long)
    return torch.randint(-1, 2, (count, 2), generator=draws)
