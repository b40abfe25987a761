"""A trained decoder whose embeddings are cut to fewer directions: how many of its dimensions does the table use?

Papers: Press & Wolf 2017, "Using the Output Embedding to Improve Language Models" (one table at both ends);
Eckart & Young 1936, "The approximation of one matrix by another of lower rank" (the best r directions).

Symbols
    E  embeddings (V, D)      B  orthonormal directions, one per row (r, D)      V  vocabulary      D  width
"""

import copy

import torch
from torch import Tensor, nn

from models.seeding import generator
from models.transformer.decoder import Decoder


def best_directions(E: Tensor, r: int) -> Tensor:
    """The first r right singular vectors of E, which keep most of its squared length: (r, D)."""
    return torch.linalg.svd(E, full_matrices=False).Vh[:r]


def random_directions(D: int, r: int, seed: int) -> Tensor:
    """r orthonormal directions at random: (r, D)."""
    normal = torch.randn(D, r, generator=generator(seed))  # (D, r)
    return torch.linalg.qr(normal).Q.T


def cut(E: Tensor, B: Tensor) -> Tensor:
    """E Bᵀ B: every embedding keeps its part along r directions. (V, D), (r, D) → (V, D)"""
    return E @ B.T @ B


def kept_share(E: Tensor, B: Tensor) -> Tensor:
    """‖E Bᵀ‖² / ‖E‖²: share of the table's squared length that the directions keep."""
    return (E @ B.T).square().sum() / E.square().sum()


def with_table(model: Decoder, E: Tensor) -> Decoder:
    """The decoder with another table at both ends; all other weights are shared, not copied."""
    changed = copy.copy(model)
    changed._modules = dict(model._modules)
    changed.embedding = nn.Embedding.from_pretrained(E, freeze=True)
    return changed
