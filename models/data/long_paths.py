"""Graphs with an answer far away: a path of 16 nodes that carry a bit each, and some leaves that carry none.

Every path node asks for the bit of the path node eight hops away; there is exactly one. The graph's nodes are numbered
at random.

Symbols
    B  graphs    N  nodes of the largest graph
"""

from typing import NamedTuple

import torch
from torch import Tensor

PATH, LEAVES, FAR = 16, 8, 8
"""Nodes of the path, most leaves, hops to the answer."""

NODES = PATH + LEAVES


class LongPaths(NamedTuple):
    adjacency: Tensor  # (B, N, N)
    features: Tensor  # (B, N, 2) the bit as −1 or 1, 0 for leaves; and whether it is a path node
    mask: Tensor  # (B, N) whether there is such a node
    asked: Tensor  # (B, N) whether it asks: path nodes
    labels: Tensor  # (B, N) the bit eight hops away as 0 or 1


def long_paths(B: int, draws: torch.Generator) -> LongPaths:
    """``B`` graphs of 16 to 24 nodes."""
    chain = torch.zeros(B, NODES, NODES)  # (B, N, N)
    along = torch.arange(PATH - 1)
    chain[:, along, along + 1] = 1
    leaves = torch.randint(LEAVES + 1, (B,), generator=draws)  # (B,)
    mask = torch.arange(NODES) < PATH + leaves[:, None]  # (B, N)
    holders = torch.randint(PATH, (B, LEAVES), generator=draws)
    graphs = torch.arange(B)[:, None].expand(B, LEAVES)
    chain[graphs, holders, torch.arange(PATH, NODES).expand(B, LEAVES)] = mask[:, PATH:].float()
    adjacency = chain + chain.mT  # (B, N, N)
    bits = torch.randint(2, (B, PATH), generator=draws)
    far = torch.cat([bits[:, FAR:], bits[:, :FAR]], 1)  # of 16 nodes each has one eight hops away
    none = torch.zeros(B, LEAVES, dtype=torch.long)
    asked = (torch.arange(NODES) < PATH).expand(B, NODES)  # (B, N)
    bit = torch.cat([2 * bits - 1, none], 1) * asked  # (B, N)
    features = torch.stack([bit, asked.long()], -1).float()  # (B, N, 2)
    numbers = torch.rand(B, NODES, generator=draws).argsort(-1)  # (B, N)
    rows = numbers[..., None].expand(B, NODES, NODES)
    moved = adjacency.gather(1, rows).gather(2, rows.mT)  # (B, N, N)
    pick = lambda values: values.gather(1, numbers)
    chosen = features.gather(1, numbers[..., None].expand_as(features))  # (B, N, 2)
    return LongPaths(moved, chosen, pick(mask), pick(asked), pick(torch.cat([far, none], 1)))
