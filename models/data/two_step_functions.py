"""Symbols to which two functions are applied, one after the other: skills that can be recombined.

Symbols
    S  symbols      F  functions, permutations of the symbols (F, S)      pair (a, b): first a, then b
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator


class TwoSteps(NamedTuple):
    """Every symbol under some pairs of functions."""

    symbol: Tensor  # (N,)
    first: Tensor  # (N,)
    second: Tensor  # (N,)
    answer: Tensor  # (N,)

    def to(self, device: str) -> "TwoSteps":
        return TwoSteps(*(column.to(device) for column in self))


class TwoStepFunctions(NamedTuple):
    functions: Tensor  # (F, S)
    seen: Tensor  # (P, 2) pairs to train on
    unseen: Tensor  # (Q, 2) the pairs that were set aside; each of their functions is in other pairs, in both places

    def examples(self, pairs: Tensor) -> TwoSteps:
        """f_b(f_a(s)) for every symbol and each of the pairs: N = P · S."""
        S = self.functions.shape[1]
        first, second = pairs.repeat_interleave(S, dim=0).T
        symbol = torch.arange(S).repeat(len(pairs))
        return TwoSteps(symbol, first, second, self.functions[second, self.functions[first, symbol]])


def plant_functions(seed: int, functions: int = 5, symbols: int = 16, held_out: bool = True) -> TwoStepFunctions:
    """Random permutations, and a fifth of the pairs set aside: one for each first and each second function.

    Unless ``held_out``, they are among the seen ones all the same.
    """
    draws = generator(seed)
    maps = torch.stack([torch.randperm(symbols, generator=draws) for _ in range(functions)])
    partner = torch.randperm(functions, generator=draws)
    every = torch.cartesian_prod(torch.arange(functions), torch.arange(functions))
    held = partner[every[:, 0]] == every[:, 1]
    return TwoStepFunctions(maps, every[~held] if held_out else every, every[held])
