"""Negative log-likelihood: how surprised a model is by what really came, token by token.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", section 5.5 (maximum likelihood).

Symbols
    z  logits (B, T, V), those at t about the token at t + 1        ids  tokens (B, T)
    B  texts     T  tokens     V  vocabulary     θ  probability of heads (N,)
"""

from torch import Tensor

from models.layers.softmax import softmax


def surprises(z: Tensor, ids: Tensor) -> Tensor:
    """−ln p(idₜ₊₁ | id₀ … idₜ) in nats: the logits at t are scored by the token after it.  → (B, T − 1)"""
    p = softmax(z[:, :-1]).gather(-1, ids[:, 1:, None])[..., 0]  # (B, T − 1)
    return -p.log()


def shifted_twice(z: Tensor, ids: Tensor) -> Tensor:
    """The logits at t scored by the token two places on: labels were shifted, and then once more.  → (B, T − 2)"""
    p = softmax(z[:, :-2]).gather(-1, ids[:, 2:, None])[..., 0]  # (B, T − 2)
    return -p.log()


def negative_log_likelihood(surprise: Tensor) -> Tensor:
    """(1/T) Σₜ −ln pₜ: the mean surprise per token.  (..., T) → (...)"""
    return surprise.mean(dim=-1)


def coin_surprise(theta: Tensor, heads: int, tails: int) -> Tensor:
    """−(heads · ln θ + tails · ln (1 − θ)) / tosses: smallest at θ = heads / tosses.  (N,) → (N,), in nats"""
    outcomes = (heads, theta), (tails, 1 - theta)
    return -sum(count * p.log() for count, p in outcomes if count) / (heads + tails)
