"""What a layer that mixes tokens multiplies, counted: a multiplication with its addition is one operation.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 4 and table 1, which gives the leading terms
n²d for self-attention, nd² for a recurrent layer and knd² for a convolution, and leaves out attention's projections.

Symbols
    n  tokens        d  width        k  kernel width
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from models.cost.tensors_made import TensorsMade


class Work(NamedTuple):
    """Operations of one layer, counted as it ran."""

    mixing: int  # products of tokens with tokens, or a kernel's with tokens
    projecting: int  # products of tokens with matrices of weights


@torch.no_grad()
def counted(layer: Callable[[Tensor], object], n: int, d: int) -> Work:
    """What torch counts while the layer, on the meta device, reads n tokens: shapes alone, no numbers."""
    with TensorsMade() as made:
        layer(torch.empty(1, n, d, device="meta"))
    projecting = made.flops["mm"]  # two a multiplication with its addition
    return Work((made.product_flops - projecting) // 2, projecting // 2)


def comparing(n: int, d: int) -> int:
    """n²d + n²d: every query with every key, then every weight with its value."""
    return 2 * n * n * d


def projecting(n: int, d: int) -> int:
    """4nd²: queries, keys, values and the output, one matrix each."""
    return 4 * n * d * d


def recurring(n: int, d: int) -> int:
    """2nd²: the input and the state, one matrix each, token after token."""
    return 2 * n * d * d


def convolving(n: int, d: int, k: int) -> int:
    """knd²: one matrix for every place of the kernel."""
    return k * n * d * d


def fixed(n: int, d: int, k: int) -> int:
    """knd: a kernel of given weights, the same for all features of a head."""
    return k * n * d


def first_length(cost: Callable[[int], int], other: Callable[[int], int], longest: int = 1 << 20) -> int:
    """The fewest tokens at which ``cost`` reaches ``other``, both growing with n; 0 if it does not by ``longest``."""
    if cost(longest) < other(longest):
        return 0
    low, high = 0, longest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if cost(middle) >= other(middle) else (middle, high)
    return high
