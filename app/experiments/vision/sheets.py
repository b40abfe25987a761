"""Feature maps as one sheet of tiles, and the view by which its numbers are traced."""

import math

import torch
from torch import Tensor

from app.provenance.views import tiled

GAP = 1


def sheet(maps: Tensor, columns: int) -> Tensor:
    """Maps (C, H, W) in rows of ``columns``, NaN between two tiles; what is left of the last row is NaN too."""
    C, H, W = maps.shape
    missing = -C % columns
    filled = torch.cat([maps, maps.new_full((missing, H, W), math.nan)])
    laid = tiled(filled.unflatten(0, (-1, columns)), GAP)
    rows, across = torch.arange(laid.shape[0]) % (H + GAP) < H, torch.arange(laid.shape[1]) % (W + GAP) < W
    return torch.where(rows[:, None] & across, laid, math.nan)
