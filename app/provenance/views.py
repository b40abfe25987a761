"""Where a picture puts the numbers of a tensor: views that figures of several kinds share."""

import math

from torch import Tensor
from torch.nn.functional import pad


def tiled(maps: Tensor, gap: int) -> Tensor:
    """(R, C, H, W) as one sheet with ``gap`` empty cells between two tiles, like ``visualizers.matrix.tiles``."""
    apart = pad(maps, (0, gap, 0, gap))
    return apart.transpose(1, 2).flatten(2).flatten(0, 1)[:-gap, :-gap]


def placed(line: Tensor, at: int, of: int) -> Tensor:
    """A line alone at its place among ``of``, NaN in the others: (…) → (of, …)."""
    return pad(line[None], (0, 0) * line.ndim + (at, of - 1 - at), value=math.nan)
