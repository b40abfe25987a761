"""Which tokens a token may look at.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3 (causal);
Beltagy et al. 2020, "Longformer", section 3.1 and Jiang et al. 2023, "Mistral 7B", section 2 (sliding window).

Symbols
    T  queries, at positions offset … offset + T − 1         W  window, the token itself included
    S  keys, at positions 0 … S − 1, with S = offset + T      (offset: tokens already in a cache)
"""

import torch
from torch import Tensor


def distances(queries: int, offset: int = 0, device: torch.device | None = None) -> Tensor:
    """i − j for query position i and key position j: 0 on the token itself, negative in its future."""
    i = torch.arange(offset, offset + queries, device=device)  # (T,)
    j = torch.arange(offset + queries, device=device)  # (S,)
    return i[:, None] - j


def causal_mask(queries: int, offset: int = 0, device: torch.device | None = None) -> Tensor:
    """True where j ≤ i: a token sees itself and its past. Shape (T, S)."""
    return distances(queries, offset, device) >= 0


def sliding_window_mask(queries: int, window: int, offset: int = 0, device: torch.device | None = None) -> Tensor:
    """True where 0 ≤ i − j < W: a token sees itself and the W − 1 before it. Shape (T, S)."""
    if window < 1:
        raise ValueError(f"window must be at least 1, the token itself; got {window}")
    distance = distances(queries, offset, device)  # (T, S)
    return (distance >= 0) & (distance < window)
