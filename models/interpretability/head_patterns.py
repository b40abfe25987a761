"""What a head does, as numbers between 0 and 1 and not as a name given to it.

Papers: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits" (previous-token and induction heads);
Olsson et al. 2022, "In-context Learning and Induction Heads" (prefix matching score);
Clark et al. 2019, "What Does BERT Look At?", section 3 (fixed offsets, first and separator tokens).

Symbols
    w  attention weights (B, H, T, T)     B  texts     H  heads     T  tokens     P  period of a text that is said twice
"""

import torch
from torch import Tensor


def previous_token_score(w: Tensor) -> Tensor:
    """mean w(t, t−1): the weight on the token just before. (H,)"""
    return w.diagonal(-1, dim1=-2, dim2=-1).mean(dim=(0, 2))


def first_token_score(w: Tensor, skip: int = 4) -> Tensor:
    """mean w(t, 0) over t ≥ skip: the weight on the first token, from where there is a choice. (H,)"""
    return w[:, :, skip:, 0].mean(dim=(0, 2))


def local_score(w: Tensor, reach: int = 4, skip: int = 8) -> Tensor:
    """mean Σ w(t, t−d), d = 0 … reach − 1, over t ≥ skip: the weight that stays close by. (H,)"""
    t = torch.arange(w.shape[-1], device=w.device)
    near = t[:, None] - t < reach  # (T, T)
    return (w * near)[:, :, skip:].sum(dim=-1).mean(dim=(0, 2))


def mean_by_offset(w: Tensor) -> Tensor:
    """mean w(t, t−d) over t, for d = 0 … T − 1: what a key so far back gets. (T, T) → (T,)"""
    return torch.stack([w.diagonal(-d).mean() for d in range(len(w))])


def mean_distance(w: Tensor) -> Tensor:
    """mean Σ w(t, s) (t − s): how many tokens a head looks back. (H,)"""
    t = torch.arange(w.shape[-1], device=w.device)
    return (w * (t[:, None] - t).clamp(min=0)).sum(dim=-1).mean(dim=(0, 2))


def induction_score(w: Tensor, period: int) -> Tensor:
    """mean w(t, t−P+1) over t ≥ P, in a text whose second half says the first again: the weight on what came next
    the last time that the present token was read ("prefix matching"). (H,)
    """
    return w.diagonal(1 - period, dim1=-2, dim2=-1)[..., 1:].mean(dim=(0, 2))
