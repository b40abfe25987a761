"""A graph with the same degrees and other edges: two edges swap their ends, again and again.

Work: Maslov & Sneppen 2002, "Specificity and Stability in Topology of Protein Networks" (the random rewiring).
"""

import torch
from torch import Tensor


def rewired(adjacency: Tensor, swaps: int, draws: torch.Generator) -> Tensor:
    """After so many tries to turn edges a–b and c–d into a–d and c–b; every degree stays.  (N, N) → (N, N)"""
    edges = [tuple(pair) for pair in adjacency.triu(1).nonzero().tolist()]
    there = {frozenset(edge) for edge in edges}
    if len(edges) < 2:
        return adjacency.clone()
    picks = torch.randint(len(edges), (swaps, 2), generator=draws).tolist()
    turns = torch.randint(2, (swaps,), generator=draws).tolist()
    for (first, second), turned in zip(picks, turns):
        (a, b), (c, d) = edges[first], edges[second][:: 1 - 2 * turned]
        new = frozenset({a, d}), frozenset({c, b})
        if len({a, b, c, d}) < 4 or there & set(new):
            continue
        there = there - {frozenset({a, b}), frozenset({c, d})} | set(new)
        edges[first], edges[second] = (a, d), (c, b)
    changed = torch.zeros_like(adjacency)
    for one, other in edges:
        changed[one, other] = changed[other, one] = 1
    return changed
