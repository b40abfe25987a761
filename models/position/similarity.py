"""How alike two places are to each scheme: 1 is the same place, and what is left at a distance is what it tells.

Symbols
    p  codes of the places (T, D)     d  distance, tokens (N,)
    θ  radians a position (P,)        m  slopes of ALiBi (H,)
"""

import torch
from torch import Tensor


def cosines(codes: Tensor) -> Tensor:
    """cᵢⱼ = ⟨pᵢ, pⱼ⟩ / (‖pᵢ‖ ‖pⱼ‖), of every place with every other: (T, T)."""
    unit = codes / codes.square().sum(dim=-1, keepdim=True).sqrt()  # (T, D)
    return unit @ unit.mT


def relative_change(after: Tensor, before: Tensor) -> Tensor:
    """‖x′ − x‖ / ‖x‖ of every row: by what share of its length it changed. (..., D) → (...)"""
    return (after - before).square().sum(dim=-1).sqrt() / before.square().sum(dim=-1).sqrt()


def turned_apart(distance: Tensor, theta: Tensor) -> Tensor:
    """mean over i of cos(d θᵢ): what RoPE leaves of a vector's match with itself, all pairs equally long. (N,)"""
    return (distance[:, None] * theta).cos().mean(dim=-1)


def left_by_slopes(distance: Tensor, slope: Tensor) -> Tensor:
    """mean over h of e^(−mₕ d): what ALiBi leaves of a weight. (N,)"""
    return (-slope * distance[:, None]).exp().mean(dim=-1)


def by_distance(alike: Tensor) -> Tensor:
    """The mean over all pairs of places that stand d apart, d = 0 … T − 1: (T, T) → (T,)."""
    return torch.stack([alike.diagonal(d).mean() for d in range(len(alike))])
