"""Fixed sparse attention: a window around every token, a few global tokens, a few random links.

Papers: Beltagy et al. 2020, "Longformer: The Long-Document Transformer", section 3.1 (window and global tokens);
Zaheer et al. 2020, "Big Bird: Transformers for Longer Sequences", section 2 (random links; attention as a graph).
Both work in blocks, for speed; here a block is one token.

Symbols
    T  tokens          w  reach of the window to either side     N  global tokens, the first of the text
    R  random keys of each query           A  what is visible (T, T), True where query i may attend to key j
"""

import torch
from torch import Tensor

from models.seeding import generator


def window(T: int, w: int) -> Tensor:
    """|i − j| ≤ w: a token attends to itself and w neighbours on either side. (T, T)"""
    i = torch.arange(T)
    return (i[:, None] - i).abs() <= w


def global_tokens(T: int, N: int) -> Tensor:
    """i < N or j < N: the first N tokens attend to all, and all attend to them. (T, T)"""
    first = torch.arange(T) < N
    return first[:, None] | first


def random_links(T: int, R: int, seed: int) -> Tensor:
    """R keys chosen at random for each query: (T, T)."""
    drawn = torch.rand(T, T, generator=generator(seed)).argsort(dim=-1)[:, :R]  # (T, R)
    return torch.zeros(T, T, dtype=torch.bool).scatter(1, drawn, True)


def hops(A: Tensor) -> Tensor:
    """Layers until information of token j can reach query i, the shortest path in the graph; −1 for none. (T, T)

    Every token is taken to attend to itself, as it keeps its own residual stream.
    """
    T = len(A)
    step = (A | torch.eye(T, dtype=torch.bool, device=A.device)).float()
    reached = torch.eye(T, dtype=torch.bool, device=A.device)
    distance = torch.where(reached, 0, -1)
    for layers in range(1, T):
        wider = (step @ reached.float()) > 0
        if wider.equal(reached):
            break
        distance = torch.where(wider & ~reached, layers, distance)
        reached = wider
    return distance
