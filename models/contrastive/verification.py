"""How well distances tell pairs of one class from pairs of two.

Source: Fawcett 2006, "An introduction to ROC analysis".

Symbols
    d  distances (P,)     s  whether a pair is of one class (P,) bool     z  embeddings (Q, D)     y  classes (Q,)
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Pairs(NamedTuple):
    """Distances of all pairs of different examples, and which are of one class."""

    distances: Tensor  # (P,)
    same: Tensor  # (P,) bool


def all_pairs(left: Tensor, right: Tensor, classes: Tensor) -> Pairs:
    """Pair (i, j) for i < j: the left embedding of i and the right one of j.  (Q, D), (Q, D), (Q,)"""
    one, other = torch.triu_indices(len(left), len(left), 1)  # (P,)
    return Pairs((left[one] - right[other]).norm(dim=-1), classes[one] == classes[other])


def area_under_curve(distances: Tensor, same: Tensor) -> float:
    """Probability that a pair of one class is closer than a pair of two: 1 is perfect, 0.5 a coin.

    From the ranks of the distances; ties count by their place. Not a number where a distance is none.
    """
    if not distances.isfinite().all():
        return float("nan")
    ranks = torch.empty(len(distances), dtype=torch.double)  # (P,)
    ranks[distances.argsort()] = torch.arange(1, len(distances) + 1, dtype=torch.double)
    near, far = int(same.sum()), int((~same).sum())
    return 1 - ((ranks[same].sum() - near * (near + 1) / 2) / (near * far)).item()


def neighbour_accuracy(known: Tensor, known_classes: Tensor, asked: Tensor, asked_classes: Tensor) -> float:
    """Share of the asked examples whose nearest known example has their class."""
    if not (known.isfinite().all() and asked.isfinite().all()):
        return float("nan")
    nearest = torch.cdist(asked, known).argmin(-1)
    return (known_classes[nearest] == asked_classes).float().mean().item()
