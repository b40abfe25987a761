"""Contrastive divergence: the gradient of the log-likelihood, with a few steps of sampling for its hard half.

Work: Hinton 2002, "Training Products of Experts by Minimizing Contrastive Divergence"; Tieleman 2008
(persistent chains).

Symbols
    B  rows of data and chains    D  visible units    M  hidden units    k  steps of each chain    λ  learning rate
    v⁰  data (B, D)    vᵏ  the chains after k steps (B, D)    W, b, c  parameters (D, M), (D), (M)
    Letters as in ``models.energy.restricted_boltzmann``; all may carry leading axes for trainings side by side.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.energy.restricted_boltzmann import hidden_given_visible, visible_given_hidden


class Parameters(NamedTuple):
    W: Tensor  # (..., D, M)
    b: Tensor  # (..., 1, D)
    c: Tensor  # (..., 1, M)


def chain(v: Tensor, theta: Parameters, k: int, draws: torch.Generator, hidden: str = "samples") -> Tensor:
    """vᵏ: k times h ~ p(h | v), then v ~ p(v | h).  (B, D) → (B, D)

    ``hidden`` is “samples”; or “probabilities”, which drive the visible units in place of samples.
    """
    for _ in range(k):
        h = hidden_given_visible(v, theta.W, theta.c)  # (..., B, M)
        if hidden == "samples":
            h = torch.bernoulli(h, generator=draws)  # (..., B, M)
        v = torch.bernoulli(visible_given_hidden(h, theta.W, theta.b), generator=draws)  # (..., B, D)
    return v


def statistics(v: Tensor, theta: Parameters) -> Parameters:
    """⟨v hᵀ⟩, ⟨v⟩ and ⟨h⟩ over the rows, with the hidden units’ probabilities for h.  (B, D) → (D, M), (1, D), …"""
    on = hidden_given_visible(v, theta.W, theta.c)  # (..., B, M)
    return Parameters(v.mT @ on / v.shape[-2], v.mean(-2, keepdim=True), on.mean(-2, keepdim=True))


def contrast(v_data: Tensor, v_chain: Tensor, theta: Parameters) -> Parameters:
    """⟨v hᵀ⟩ of the data − ⟨v hᵀ⟩ of the chains, and so for the biases: the estimated gradient of log p(v⁰)."""
    up, down = statistics(v_data, theta), statistics(v_chain, theta)
    return Parameters(*(one - other for one, other in zip(up, down, strict=True)))


def ascended(theta: Parameters, gradient: Parameters, rate: float) -> Parameters:
    """θ + λ times the gradient."""
    return Parameters(*(one + rate * slope for one, slope in zip(theta, gradient, strict=True)))
