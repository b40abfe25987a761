"""Hop distances: how many edges lie on the shortest path between two nodes.

Work: Moore 1959, "The shortest path through a maze" (breadth-first search), here for all nodes at once.

Symbols
    A  adjacency (..., N, N), 1 for an edge      N  nodes
"""

import torch
from torch import Tensor


def hop_distances(adjacency: Tensor) -> Tensor:
    """Edges on the shortest path between two nodes; N where there is no path.  (..., N, N) → (..., N, N), whole"""
    N = adjacency.shape[-1]
    neighbours = (adjacency > 0).float()  # (..., N, N)
    reached = torch.eye(N, device=adjacency.device).expand_as(neighbours)  # (..., N, N)
    distances = torch.where(reached > 0, 0, N)  # (..., N, N)
    for hops in range(1, N):
        grown = ((reached + reached @ neighbours) > 0).float()  # (..., N, N)
        distances = torch.where((grown > 0) & (distances == N), hops, distances)  # (..., N, N)
        if torch.equal(grown, reached):
            break
        reached = grown
    return distances


def neighbourhood(adjacency: Tensor, node: int, hops: int) -> Tensor:
    """Whether each node lies within so many hops of ``node``, itself included.  (N, N) → (N,)"""
    return hop_distances(adjacency)[node] <= hops
