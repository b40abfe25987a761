"""Many maps in one picture of bounded size: each is reduced to the largest value of every block."""

import numpy as np

CELLS = 71_000
"""Of one picture, a byte each on the wire: about 95 KB of text."""
MARGIN, LABEL = 2, 80
"""What a tile costs beside its own cells: the gap around it, and its label in cells' worth."""


def reduced(maps: np.ndarray, cells: int = CELLS) -> np.ndarray:
    """The maps (L, H, T, S) as (L, H, t, s), small enough for one picture; few enough come back as they are.

    A cell is the largest of a square block, so that a stripe one token wide is still seen.
    """
    L, H, T, S = maps.shape

    def cost(block: int) -> int:
        return int(L * H * ((-(-T // block) + MARGIN) * (-(-S // block) + MARGIN) + LABEL))

    block = next((b for b in range(1, max(T, S)) if cost(b) <= cells), max(T, S))
    if block == 1:
        return maps
    down, across = -(-T // block), -(-S // block)
    padded = np.full((L, H, down * block, across * block), -np.inf, dtype=maps.dtype)
    padded[:, :, :T, :S] = maps
    largest: np.ndarray = padded.reshape(L, H, down, block, across, block).max(axis=(3, 5))
    return largest
