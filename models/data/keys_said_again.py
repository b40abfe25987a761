"""Random keys, each followed by its value: random when the key comes first, the same whenever it comes again.

    c 3 a 7 c 3 b 1 a 7 c 3        nothing can predict a key, or a value at its key's first time

The least loss that a causal model can have is therefore known for each text, to the last digit.

Symbols
    B  rows       P  pairs, T = 2 P       K  keys
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

KEYS, VALUES = 4, 4
FIRST_VALUE = KEYS
SYMBOLS = KEYS + VALUES


class Pairs(NamedTuple):
    """Texts, and the least loss per token to which nothing in the text before it adds anything."""

    ids: Tensor  # (B, T)
    entropy: Tensor  # (B, T) nats; 0 where the value was said before

    @property
    def known(self) -> Tensor:
        """Where a value is said again: (B, T), true or false."""
        return self.entropy == 0


def texts(rows: int, pairs: int, draws: torch.Generator) -> Pairs:
    """Keys at random, values by a table drawn for each text."""
    on = {"generator": draws, "device": draws.device}
    key = torch.randint(KEYS, (rows, pairs), **on)  # (B, P)
    table = torch.randint(VALUES, (rows, KEYS), **on)  # (B, K)
    ids = torch.stack([key, FIRST_VALUE + table.gather(1, key)], dim=2).flatten(1)  # (B, T)
    same = (key[:, :, None] == key[:, None]).tril(-1).any(dim=2)  # (B, P) said before
    entropy = torch.stack([torch.full_like(same, math.log(KEYS), dtype=torch.float), ~same * math.log(VALUES)], dim=2)
    return Pairs(ids, entropy.flatten(1))
