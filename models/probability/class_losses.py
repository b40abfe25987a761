"""Losses of a classifier's logits: cross-entropy, two mistakes with it, and two other ways to score a probability.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", sections 6.2.1.1 and 6.2.2.3.
Paper: Gneiting & Raftery 2007, "Strictly Proper Scoring Rules, Prediction, and Estimation" (which scores are honest).

Symbols
    z  logits (..., N, K)       c  right classes (..., N), whole numbers       y  the same, one-hot (..., N, K)
    p  softmax(z)               N  examples     K  classes
"""

import math

from torch import Tensor
from torch.nn.functional import one_hot

from models.layers.softmax import softmax


def log_softmax(z: Tensor) -> Tensor:
    """ln pᵢ = zᵢ − ln Σⱼ exp zⱼ: the logarithm of the softmax, without overflow.  (..., K)"""
    return z - z.logsumexp(dim=-1, keepdim=True)


def right_class(values: Tensor, c: Tensor) -> Tensor:
    """The entry of each example's own class.  (..., N, K), (..., N) → (..., N)"""
    return values.gather(-1, c[..., None])[..., 0]


def cross_entropy(z: Tensor, c: Tensor) -> Tensor:
    """−(1/N) Σₙ ln pₙ[cₙ], in nats: the surprise at the right class, on average.  (..., N, K), (..., N) → (...)"""
    return -right_class(log_softmax(z), c).mean(dim=-1)


def logit_gradient(z: Tensor, c: Tensor) -> Tensor:
    """∂L/∂z = (p − y) / N: push every wrong class down by its probability, the right one up by what it lacks."""
    return (softmax(z) - one_hot(c, z.shape[-1])) / z.shape[-2]


def softmax_twice(z: Tensor, c: Tensor) -> Tensor:
    """The loss of softmax(z) in place of z: a network that ends in a softmax, and a loss that contains another."""
    return cross_entropy(softmax(z), c)


def softmax_twice_floor(K: int) -> float:
    """ln(1 + (K − 1)/e): what it comes to when the first softmax gives the right class a probability of 1."""
    return math.log1p((K - 1) / math.e)


def log_softmax_twice(z: Tensor, c: Tensor) -> Tensor:
    """The loss of ln softmax(z) in place of z: the same as once, as Σ exp ln p = 1."""
    return cross_entropy(log_softmax(z), c)


def missing_probability(z: Tensor, c: Tensor) -> Tensor:
    """(1/N) Σₙ (1 − pₙ[cₙ]): linear in the probability, and best served by betting everything on one class."""
    return (1 - right_class(softmax(z), c)).mean(dim=-1)


def squared_probabilities(z: Tensor, c: Tensor) -> Tensor:
    """(1/N) Σₙ Σₖ (pₙₖ − yₙₖ)²: the Brier score, smallest at the true probabilities as well."""
    return (softmax(z) - one_hot(c, z.shape[-1])).square().sum(dim=-1).mean(dim=-1)
