"""From an image to tokens: patches as vectors, one matrix for all, and what a smaller patch costs.

Paper: Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words", section 3.1, equation 1, and section 4.5, figure 7
(similarity of the learned position vectors).

Symbols
    x  images (B, C, N, N)       P  side of a patch       T = (N/P)²  patches
    W  weights (D, C·P·P)        b  bias (D)              D  width        E  position vectors (T, D)
"""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, cosine_similarity, linear

from models.transformer.vision_transformer import patches


def token_count(size: int, side: int) -> int:
    """T = (N / P)²."""
    return (size // side) ** 2


def score_count(tokens: Tensor) -> Tensor:
    """(T + 1)²: attention scores of one head and layer, class token included; T (…) → (…)"""
    return (tokens + 1) ** 2


def embedded(x: Tensor, weight: Tensor, bias: Tensor, side: int) -> Tensor:
    """xᵢ Wᵀ + b for each patch i.  (B, T, D)"""
    return linear(patches(x, side), weight, bias)


def embedded_by_convolution(x: Tensor, weight: Tensor, bias: Tensor, side: int) -> Tensor:
    """The same as a convolution: every row of W is a kernel (C, P, P), moved by P pixels.  (B, T, D)"""
    kernel = weight.unflatten(1, (x.shape[1], side, side))  # (D, C, P, P)
    grid = conv2d(x, kernel, bias, stride=side)  # (B, D, N/P, N/P)
    return grid.flatten(2).mT


def with_columns_first(weight: Tensor, channels: int, side: int) -> Tensor:
    """The same numbers, each kernel written down column by column: rows and columns exchanged.  (D, C·P·P)"""
    return weight.unflatten(1, (channels, side, side)).mT.flatten(1)


def position_similarity(positions: Tensor) -> Tensor:
    """cos(Eᵢ, Eⱼ) of all position vectors (T, D).  (T, T)"""
    return cosine_similarity(positions[:, None], positions, dim=-1)


def correlation_with_distance(similarity: Tensor) -> Tensor:
    """Correlation of cos(Eᵢ, Eⱼ) with the distance of patches i ≠ j: below 0 if neighbours are alike.  ()"""
    T = len(similarity)
    across = round(T**0.5)
    place = torch.stack([torch.arange(T) // across, torch.arange(T) % across], dim=1).to(similarity)  # (T, 2)
    distance = torch.cdist(place, place)  # (T, T)
    others = ~torch.eye(T, dtype=torch.bool, device=similarity.device)
    return torch.corrcoef(torch.stack([similarity[others], distance[others]]))[0, 1]
