"""NT-Xent: of 2N views, each picks out the one other view of its image.

Papers: Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", equation 1; Wang &
Isola 2020, "Understanding Contrastive Representation Learning through Alignment and Uniformity", section 4.

Symbols
    z  embeddings (2N, D): first views, then second ones in the same order     τ  temperature
    s  similarities over τ (2N, 2N)     j(i)  the other view of i's image
Axes in front of these are of networks side by side.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def unit(z: Tensor) -> Tensor:
    """z / ‖z‖"""
    return torch.nn.functional.normalize(z, dim=-1)


def similarities(z: Tensor, temperature: float) -> Tensor:
    """s_ik = cos(z_i, z_k) / τ.  (..., 2N, D) → (..., 2N, 2N)"""
    u = unit(z)
    return u @ u.mT / temperature


def _of_the_other_view(s: Tensor) -> Tensor:
    """s_i,j(i)  (..., 2N)"""
    half = s.shape[-1] // 2
    return s.roll(half, -1).diagonal(dim1=-2, dim2=-1)


def nt_xent(z: Tensor, temperature: float) -> Tensor:
    """L = −mean_i ( s_i,j(i) − log Σ_k≠i exp s_ik )"""
    s = similarities(z, temperature)  # (..., M, M)
    itself = torch.eye(s.shape[-1], dtype=torch.bool)  # (M, M)
    return (s.masked_fill(itself, -torch.inf).logsumexp(-1) - _of_the_other_view(s)).mean(-1)


def with_itself(z: Tensor, temperature: float) -> Tensor:
    """−mean_i ( s_i,j(i) − log Σ_k exp s_ik ): each view is compared with itself too."""
    s = similarities(z, temperature)  # (..., M, M)
    return (s.logsumexp(-1) - _of_the_other_view(s)).mean(-1)


def pull_alone(z: Tensor, temperature: float) -> Tensor:
    """−mean_i s_i,j(i): compared with no other image."""
    return -_of_the_other_view(similarities(z, temperature)).mean(-1)


ViewLoss = Callable[[Tensor, float], Tensor]


def alignment(one: Tensor, other: Tensor) -> Tensor:
    """mean ‖u − u′‖² over pairs of views, for u = z/‖z‖.  (..., N, D), (..., N, D) → (...)"""
    return (unit(one) - unit(other)).square().sum(-1).mean(-1)


def uniformity(z: Tensor) -> Tensor:
    """log mean_i<k exp(−2 ‖u_i − u_k‖²): the lower, the more evenly spread over the sphere.  (..., N, D) → (...)"""
    u = unit(z)
    one, other = torch.triu_indices(z.shape[-2], z.shape[-2], 1)  # (P,)
    apart = 2 - 2 * (u @ u.mT)[..., one, other]  # (..., P)
    return (-2 * apart).exp().mean(-1).log()
