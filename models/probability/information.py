"""Surprise, entropy, cross-entropy and KL divergence of distributions over a few outcomes, in nats.

Papers: Shannon 1948, "A Mathematical Theory of Communication" (entropy); Kullback & Leibler 1951, "On Information and
Sufficiency" (divergence). Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", section 3.13.

Symbols
    p  what really happens (..., K)        q  what is predicted (..., K)        K  outcomes
"""

import torch
from torch import Tensor


def surprise(p: Tensor) -> Tensor:
    """−ln p: 0 for what is certain, ∞ for what is impossible.  (...) → (...)"""
    return -p.log()


def entropy(p: Tensor) -> Tensor:
    """H(p) = −Σᵢ pᵢ ln pᵢ with 0 ln 0 = 0: the mean surprise of one who knows p.  (..., K) → (...)"""
    return weighted_surprise(p, p).sum(dim=-1)


def cross_entropy(p: Tensor, q: Tensor) -> Tensor:
    """H(p, q) = −Σᵢ pᵢ ln qᵢ: the mean surprise of one who believes q.  (..., K), (..., K) → (...)"""
    return weighted_surprise(p, q).sum(dim=-1)


def kl_divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL(p‖q) = Σᵢ pᵢ ln (pᵢ / qᵢ): what believing q adds; ∞ where q is 0 and p is not.  (..., K), (..., K) → (...)"""
    return kl_terms(p, q).sum(dim=-1)


def weighted_surprise(p: Tensor, q: Tensor) -> Tensor:
    """−pᵢ ln qᵢ, outcome by outcome; 0 where p is 0.  (..., K)"""
    return torch.where(p > 0, p * surprise(q), torch.zeros_like(p))


def kl_terms(p: Tensor, q: Tensor) -> Tensor:
    """pᵢ ln (pᵢ / qᵢ), outcome by outcome; 0 where p is 0.  (..., K)"""
    return torch.where(p > 0, p * (p.log() - q.log()), torch.zeros_like(p))
