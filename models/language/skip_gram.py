"""Skip-gram with negative sampling: a word's vector is trained to tell the words around it from random ones.

Papers: Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their Compositionality", section 2.2
(equation 4, negative sampling; the noise distribution) and section 2.3 (equation 5, subsampling of frequent words).

Symbols
    N  pairs of a batch      V  vocabulary      D  width      K  negative samples of a pair
    u  vectors of the centre words (N, D)       v  output vectors of the context words (N, D)
    n  output vectors of the noise words (N, K, D)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid


class SkipGramTrace(NamedTuple):
    """Dot products before the sigmoid."""

    positive: Tensor  # (N,)
    negative: Tensor  # (N, K)


def noise_distribution(counts: Tensor, exponent: float) -> Tensor:
    """Pₙ(w) = count(w)^α / Σ count^α; words that never occur are never sampled.  (V,)"""
    weights = torch.where(counts > 0, counts.double() ** exponent, 0.0)  # (V,)
    return weights / weights.sum()


def kept_probability(counts: Tensor, threshold: float) -> Tensor:
    """min(1, √(t / f(w))) for a word of relative frequency f(w).  Equation 5. (V,)"""
    frequency = counts / counts.sum()  # (V,)
    return (threshold / frequency.clamp_min(1e-12)).sqrt().clamp_max(1.0)


def dot_products(u: Tensor, v: Tensor) -> Tensor:
    """u · v of each centre word with its context words: (N, D) and (N, K, D) → (N, K)."""
    return (v @ u[..., None])[..., 0]


def negative_sampling_loss(positive: Tensor, negative: Tensor) -> Tensor:
    """−log σ(u·v) − Σₖ log σ(−u·nₖ), the negative of equation 4.  (N,)"""
    return -logsigmoid(positive) - logsigmoid(-negative).sum(dim=-1)


class SkipGram(nn.Module):
    """Two tables: ``vectors`` for the centre words, which are kept, and ``contexts`` for the predicted ones."""

    def __init__(self, vocabulary: int, width: int) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.empty(vocabulary, width))
        self.contexts = nn.Parameter(torch.empty(vocabulary, width))

    def forward(self, centre: Tensor, context: Tensor, noise: Tensor) -> tuple[Tensor, SkipGramTrace]:
        """Losses (N,) of pairs of words centre (N,) and context (N,) beside noise words (N, K)."""
        u = self.vectors[centre]  # (N, D)
        positive = dot_products(u, self.contexts[context][:, None])[:, 0]  # (N,)
        negative = dot_products(u, self.contexts[noise])  # (N, K)
        return negative_sampling_loss(positive, negative), SkipGramTrace(positive, negative)


def started(vocabulary: int, width: int, draws: torch.Generator) -> SkipGram:
    """Small random vectors, and contexts of zero as in the authors' program."""
    with torch.device("meta"):
        model = SkipGram(vocabulary, width)
    model.to_empty(device="cpu")
    with torch.no_grad():
        model.vectors.copy_(torch.randn(vocabulary, width, generator=draws) / width**0.5)
        model.contexts.zero_()
    return model
