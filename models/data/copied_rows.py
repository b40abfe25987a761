"""Rows of random bits that are to be given back in the same order.

    + − + | − − + | end |       |       →       |       |       | + − + | − − +

Paper: Graves, Wayne & Danihelka 2014, "Neural Turing Machines", section 4.1. Bits are read as −1 and +1, so that an
empty input differs from every row.

Symbols
    B  texts      L  rows of a text      T = 2L + 1  steps      O  bits of a row
"""

from typing import NamedTuple

import torch
from torch import Tensor

BITS = 6
FEATURES = BITS + 1


class Copied(NamedTuple):
    """What is read, and the bits that are to be given back after the end mark."""

    x: Tensor  # (B, T, F)
    bits: Tensor  # (B, L, O)


def asked_for(bits: Tensor) -> Copied:
    """The text in which these bits (B, L, O), 0 or 1, are to be copied."""
    rows, length, _ = bits.shape
    x = bits.new_zeros(rows, 2 * length + 1, FEATURES)  # (B, T, F)
    x[:, :length, :BITS] = 2 * bits - 1
    x[:, length, BITS] = 1
    return Copied(x, bits)


def texts(rows: int, length: int, draws: torch.Generator) -> Copied:
    """Random bits."""
    bits = torch.randint(2, (rows, length, BITS), generator=draws, device=draws.device).float()
    return asked_for(bits)


def answers(outputs: Tensor) -> Tensor:
    """The outputs (B, T, O) of the steps after the end mark: (B, L, O)."""
    return outputs[..., outputs.shape[-2] // 2 + 1 :, :]
