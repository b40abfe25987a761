"""Bars and stripes: small black and white images of whole rows or of whole columns.

Work: MacKay 2003, "Information Theory, Inference, and Learning Algorithms" (as a toy for Boltzmann machines).

Symbols
    N  side    D  pixels, N²    V  all images, 2^D    B  bars and stripes
"""

from torch import Tensor

from models.energy.boltzmann import all_states


def bars_and_stripes(N: int) -> Tensor:
    """Which of all images are made of whole rows or of whole columns, in the order of ``all_states``.  → (V)"""
    images = all_states(N * N).view(-1, N, N)  # (V, N, N)
    rows = (images == images[:, :, :1]).flatten(1).all(1)  # (V,)
    columns = (images == images[:, :1, :]).flatten(1).all(1)  # (V,)
    return rows | columns


def uniform_over(chosen: Tensor) -> Tensor:
    """Equal probability for each chosen state, none for the others.  (V) → (V)"""
    return chosen.float() / chosen.sum()
