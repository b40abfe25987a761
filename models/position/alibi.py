"""ALiBi: attention with linear biases; the further a key, the lower its score.

Paper: Press, Smith, Lewis 2021, "Train Short, Test Long", section 3; slopes of other head counts as in its code.

Symbols
    i  query position     j  key position     mₕ  slope of head h     H  heads
"""

import math

import torch
from torch import Tensor

from models.position.scheme import PositionScheme


def slopes(heads: int) -> Tensor:
    """mₕ = 2^(−8h/H), h = 1 … H, for H a power of two: (H,).

    Otherwise the slopes of the power below, then every other slope of the power above.
    """
    below = 2 ** math.floor(math.log2(heads))
    geometric = 2.0 ** (-8 * torch.arange(1, below + 1) / below)
    if below == heads:
        return geometric
    return torch.cat([geometric, slopes(2 * below)[0::2][: heads - below]])


def alibi_bias(query_positions: Tensor, key_positions: Tensor, slope: Tensor) -> Tensor:
    """−mₕ (i − j), added to the scores; keys in the future (j > i) are left to the mask: (H, T, S)."""
    distance = query_positions[:, None] - key_positions  # (T, S)
    return -slope[:, None, None] * distance


def share_left(bias: Tensor) -> Tensor:
    """e^(−mₕ (i − j)), the factor that the bias leaves of a weight before the division by the sum: (H, T, S)."""
    return bias.exp()


class ALiBi(PositionScheme):
    """Nothing is added to the embeddings; each head lowers its scores at its own slope."""

    def slopes(self, heads: int) -> Tensor:
        """(H,)"""
        return slopes(heads)

    def bias(self, query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
        return alibi_bias(query_positions, key_positions, self.slopes(heads).to(query_positions.device))


class HalvedALiBi(ALiBi):
    """With slopes half as steep as those that the heads were trained with."""

    def slopes(self, heads: int) -> Tensor:
        """mₕ / 2  (H,)"""
        return slopes(heads) / 2


class ExchangedALiBi(ALiBi):
    """With the same slopes in other heads: the steepest where the flattest was, and so on."""

    def slopes(self, heads: int) -> Tensor:
        """m_(H + 1 − h)  (H,)"""
        return slopes(heads).flip(0)
