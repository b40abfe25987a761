"""A modern Hopfield network: continuous states, an energy with a log-sum-exp, and recall by one softmax.

Paper: Ramsauer et al. 2021, "Hopfield Networks is All You Need", abstract and equations of its section 2 (energy,
update rule). Rows are patterns here, columns there.

Symbols
    K  patterns    N  numbers per pattern    B  states    X  patterns (K, N)    ξ  states (B, N)
    β  inverse temperature                   p  weights of the patterns (B, K)  M  largest length of a pattern
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn


def log_sum_exp(x: Tensor, beta: float) -> Tensor:
    """lse(β, x) = 1/β log Σ_k exp(β x_k).  (B, K) → (B,)"""
    return torch.logsumexp(beta * x, -1) / beta


def energy(patterns: Tensor, state: Tensor, beta: float) -> Tensor:
    """E = −lse(β, Xξ) + ½ ξᵀξ + 1/β log K + ½ M².  (K, N), (B, N) → (B,)"""
    largest = patterns.square().sum(-1).max()
    constant = math.log(len(patterns)) / beta + 0.5 * largest
    return -log_sum_exp(state @ patterns.mT, beta) + 0.5 * state.square().sum(-1) + constant


def pattern_weights(patterns: Tensor, state: Tensor, beta: float) -> Tensor:
    """p = softmax(β Xξ): how much of each pattern recall takes.  (K, N), (B, N) → (B, K)"""
    return torch.softmax(beta * state @ patterns.mT, -1)


def updated(patterns: Tensor, p: Tensor) -> Tensor:
    """ξ ← Xᵀ p: the patterns, averaged by these weights.  (K, N), (B, K) → (B, N)"""
    return p @ patterns


class RecallTrace(NamedTuple):
    weights: Tensor  # (B, K) in the last update
    states: Tensor  # (T + 1, B, N) before, between and after the updates


class ModernHopfield(nn.Module):
    """Recall by a few updates; the first usually does it."""

    patterns: Tensor

    def __init__(self, patterns: Tensor, beta: float) -> None:
        super().__init__()
        self.beta = beta
        self.register_buffer("patterns", patterns)

    def forward(self, state: Tensor, updates: int = 1) -> tuple[Tensor, RecallTrace]:
        """States (B, N) → states after so many updates (B, N)."""
        states = [state]
        for _ in range(updates):
            p = pattern_weights(self.patterns, states[-1], self.beta)  # (B, K)
            states.append(updated(self.patterns, p))
        return states[-1], RecallTrace(p, torch.stack(states))


def patterns_in_use(p: Tensor) -> Tensor:
    """exp of the entropy of p: over how many patterns the weights are spread.  (B, K) → (B,)"""
    return torch.exp(-torch.special.xlogy(p, p).sum(-1))
