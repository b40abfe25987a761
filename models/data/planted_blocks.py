"""Graphs of planted blocks: edges are frequent within a block, rare between two, and features say a little of it.

Work: Holland, Laskey & Leinhardt 1983, "Stochastic Blockmodels: First Steps" (the random graph).

Symbols
    N  nodes    K  blocks    F  features
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Blocks(NamedTuple):
    adjacency: Tensor  # (N, N)
    features: Tensor  # (N, F)
    labels: Tensor  # (N,) the block


def block_directions(K: int, F: int, draws: torch.Generator) -> Tensor:
    """What the features of each block have in common: orthonormal rows.  (K, F)"""
    return torch.linalg.qr(torch.randn(F, K, generator=draws)).Q.T


def planted_blocks(
    N: int, directions: Tensor, *, within: float, between: float, noise: float, draws: torch.Generator
) -> Blocks:
    """``N`` nodes in equal blocks; ``within`` and ``between`` are chances of an edge, ``noise`` a deviation."""
    K, F = directions.shape
    labels = torch.arange(N) * K // N  # (N,)
    same = labels[:, None] == labels  # (N, N)
    chance = torch.where(same, within, between)  # (N, N)
    upper = (torch.rand(N, N, generator=draws) < chance).float().triu(1)  # (N, N)
    features = directions[labels] + noise * torch.randn(N, F, generator=draws)  # (N, F)
    return Blocks(upper + upper.T, features, labels)
