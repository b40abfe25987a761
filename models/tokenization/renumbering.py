"""Token ids are row numbers: a text is looked up by them, and other numbers do as well if the rows are moved alike.

Sources: Bengio et al. 2003, "A Neural Probabilistic Language Model", section 2 (a matrix C with one row per word);
Land & Bartolo 2024, "Fishing for Magikarp" (tokens that training left alone are seen in their vectors).

Symbols
    x  token ids (B, T)        E  embedding rows (V, D)        π  the new number of each id (V,)
"""

import torch
from torch import Tensor


def lookup(E: Tensor, x: Tensor) -> Tensor:
    """h_t = E[x_t]: the row with the token’s number.  (V, D), (B, T) → (B, T, D)"""
    return E[x]


def renumbered(x: Tensor, pi: Tensor) -> Tensor:
    """x′_t = π(x_t)"""
    return pi[x]


def rows_moved(E: Tensor, pi: Tensor) -> Tensor:
    """E′[π(i)] = E[i]: each row goes to the new number of its token.  (V, D)"""
    moved = torch.empty_like(E)  # (V, D)
    moved[pi] = E
    return moved


def exchanged(V: int, some: Tensor, draws: torch.Generator) -> Tensor:
    """A permutation (V,) that moves only the ids in ``some`` (N,), each to another one's number."""
    order = some[torch.randperm(len(some), generator=draws)]  # (N,) a random ring, so that none stays
    pi = torch.arange(V)  # (V,)
    pi[order] = order.roll(1)
    return pi


def ordered_share(low: Tensor, high: Tensor) -> float:
    """P(a < b) for a of ``low`` and b of ``high``, ties counted by half: 0.5 if neither is larger, also called AUC."""
    below = low[:, None] < high[None]
    equal = low[:, None] == high[None]
    return (below.double() + 0.5 * equal.double()).mean().item()
