"""How unequally a text uses a vocabulary.

Source: Zipf 1949, "Human Behavior and the Principle of Least Effort" (the frequency of a word falls about as 1/rank).

Symbols
    x  token ids (N,)        V  vocabulary        f  share of the text by rank (V,), the most frequent first
"""

import torch
from torch import Tensor


def counts(x: Tensor, V: int) -> Tensor:
    """n_i = how often token i occurs.  (N,) → (V,)"""
    return torch.bincount(x, minlength=V)


def ranked_shares(n: Tensor) -> Tensor:
    """f_r = n of rank r / Σ n: sorted, the most frequent first.  (V,)"""
    total = n.sum().clamp(min=1)
    return n.sort(descending=True).values / total


def coverage(f: Tensor, k: int) -> Tensor:
    """C(k) = f_1 + … + f_k: the share of the text that the k most frequent tokens make up."""
    return f[:k].sum()
