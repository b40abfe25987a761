"""Two rankings of the same passages joined in one, and how good a ranking is.

Papers: Bruch, Gai & Ingber 2022, "An Analysis of Fusion Functions for Hybrid Retrieval" (convex combination of
normalised scores); Cormack, Clarke & Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods".

Symbols
    Q  queries      P  passages      s  scores (Q, P)      w  weight of the first ranking, from 0 to 1
"""

import torch
from torch import Tensor

RRF = 60


def min_max(s: Tensor) -> Tensor:
    """(s − min s) / (max s − min s) over the passages of each query; all 0 where all are equal.  (Q, P)"""
    low, high = s.amin(dim=1, keepdim=True), s.amax(dim=1, keepdim=True)
    return (s - low) / (high - low).clamp_min(1e-12)


def combined(first: Tensor, second: Tensor, w: float) -> Tensor:
    """w · first + (1 − w) · second.  (Q, P)"""
    return w * first + (1 - w) * second


def mean_ranks(s: Tensor) -> Tensor:
    """Place of every passage, 1 for the best; equal scores share the mean of their places.  (Q, P)"""
    ordered = s.sort(dim=1).values  # (Q, P)
    below = torch.searchsorted(ordered, s)  # (Q, P)
    upto = torch.searchsorted(ordered, s, right=True)  # (Q, P)
    return s.shape[1] - (below + upto - 1) / 2


def reciprocal_rank_fusion(first: Tensor, second: Tensor) -> Tensor:
    """1 / (60 + rank in the first) + 1 / (60 + rank in the second).  (Q, P)"""
    return 1 / (RRF + mean_ranks(first)) + 1 / (RRF + mean_ranks(second))


def picked_first(first: Tensor, second: Tensor, k: int) -> Tensor:
    """The second's scores for passages whose rank in the first is at most k, −∞ for all others.  (Q, P)"""
    return torch.where(mean_ranks(first) <= k, second, -torch.inf)


def recall_at(s: Tensor, relevant: Tensor, k: int) -> Tensor:
    """Chance that the one relevant passage (Q,) is among the first k; equal scores in random order.  (Q,)"""
    own = s.gather(1, relevant[:, None])  # (Q, 1)
    better, equal = (s > own).sum(dim=1), (s == own).sum(dim=1)  # (Q,)
    return ((k - better) / equal).clamp(0, 1)
