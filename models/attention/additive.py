"""Three ways to compare a query with a key, before any division or softmax.

Papers: Bahdanau, Cho & Bengio 2014, "Neural Machine Translation by Jointly Learning to Align and Translate",
appendix A.1.2 (additive); Luong, Pham & Manning 2015, "Effective Approaches to Attention-based Neural Machine
Translation", section 3.1 (dot, general, concat).

Symbols
    q  queries (…, T, K)    W  matrix of the bilinear score (K, K)       A  size of the hidden layer
    k  keys (…, S, K)       W_q, W_k  of the additive score (K, A)       c  its bias, u its output vector (A,)
"""

from collections.abc import Callable

import torch
from torch import Tensor


def dot_score(q: Tensor, k: Tensor) -> Tensor:
    """q · k"""
    return q @ k.mT


def bilinear_score(q: Tensor, k: Tensor, w: Tensor) -> Tensor:
    """qᵀ W k: Luong's “general” score."""
    return q @ w @ k.mT


def additive_score(
    q: Tensor,
    k: Tensor,
    w_q: Tensor,
    w_k: Tensor,
    c: Tensor,
    u: Tensor,
    activation: Callable[[Tensor], Tensor] = torch.tanh,
) -> Tensor:
    """uᵀ tanh(W_qᵀ q + W_kᵀ k + c): a small network with one hidden layer, for every pair of a query and a key."""
    hidden = activation((q @ w_q)[..., None, :] + (k @ w_k)[..., None, :, :] + c)  # (..., T, S, A)
    return hidden @ u
