"""How many patches of an image a patch attends to, and how far away they are.

Papers: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", section 4.5 (mean attention distance).

Symbols
    w  attention weights (..., T, T), rows are queries     T  patches     p  side of a patch in pixels
    r  centre of a patch in pixels (T, 2)     S  patches per side
"""

import torch
from torch import Tensor

from models.layers.softmax import entropy


def attended_patches(w: Tensor) -> Tensor:
    """exp(−Σ_s w_ts ln w_ts): 1 if one patch has all the weight, T if all have the same.  (..., T, T) → (..., T)"""
    return entropy(w).exp()


def attended_distance(w: Tensor, p: int) -> Tensor:
    """Σ_s w_ts ‖r_t − r_s‖, in pixels; a patch is at distance 0 from itself.  (..., T, T) → (..., T)"""
    middles = p * (torch.arange(round(w.shape[-1] ** 0.5), device=w.device) + 0.5)  # (S,)
    r = torch.cartesian_prod(middles, middles)  # (T, 2)
    return (w * torch.cdist(r, r)).sum(-1)
