"""How similar two positions are to each scheme, from 1 for the same position.

Symbols
    p  codes of the positions (T, D)     d  distance, tokens (N,)
    θ  radians per position (P,)        m  slopes of ALiBi (H,)
"""

import torch
from torch import Tensor


def cosines(codes: Tensor) -> Tensor:
    """cᵢⱼ = ⟨pᵢ, pⱼ⟩ / (‖pᵢ‖ ‖pⱼ‖), of every position with every other: (T, T)."""
    unit = codes / codes.square().sum(dim=-1, keepdim=True).sqrt()  # (T, D)
    return unit @ unit.mT


def relative_change(after: Tensor, before: Tensor) -> Tensor:
    """‖x′ − x‖ / ‖x‖ of every row: its change, relative to its length. (..., D) → (...)"""
    return (after - before).square().sum(dim=-1).sqrt() / before.square().sum(dim=-1).sqrt()


def rotated_apart(distance: Tensor, theta: Tensor) -> Tensor:
    """mean over i of cos(d θᵢ): the match of equal vectors, rotated d positions apart, all pairs equally long. (N,)"""
    return (distance[:, None] * theta).cos().mean(dim=-1)


def left_by_slopes(distance: Tensor, slope: Tensor) -> Tensor:
    """mean over h of e^(−mₕ d): the factor that ALiBi leaves of a weight. (N,)"""
    return (-slope * distance[:, None]).exp().mean(dim=-1)


def by_distance(alike: Tensor) -> Tensor:
    """The mean over all pairs of positions that are d apart, d = 0 … T − 1: (T, T) → (T,)."""
    return torch.stack([alike.diagonal(d).mean() for d in range(len(alike))])
