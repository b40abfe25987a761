"""Which cells take part in a step: numbers at random that the browser draws alike, each from its place alone.

The generator is mulberry32 (Ettinger 2017): a 32-bit counter, mixed. Its n-th number needs none of those before it.

Symbols
    B  grids      T  steps      Y, X  rows and columns of cells
"""

import numpy as np
import torch
from torch import Tensor

INCREMENT = 0x6D2B79F5


def mulberry32(seed: int, start: int, count: int) -> np.ndarray:
    """The numbers ``start``, ``start`` + 1, … of the sequence of a seed, each from 0 up to 1."""
    places = np.arange(start + 1, start + count + 1, dtype=np.uint64)
    a = ((seed + places * INCREMENT) & 0xFFFFFFFF).astype(np.uint32)
    t = (a ^ (a >> 15)) * (a | 1)
    t = (t + (t ^ (t >> 7)) * (t | 61)) ^ t
    return (t ^ (t >> 14)) / np.float64(2**32)


def taking_part(seed: int, start: int, steps: int, size: int, share: float) -> Tensor:
    """1 for a cell that changes in a step, in about ``share`` of them; steps are counted from ``start``."""
    drawn = mulberry32(seed, start * size * size, steps * size * size)
    part = torch.from_numpy(drawn < share).float()
    return part.reshape(1, steps, size, size, 1)
