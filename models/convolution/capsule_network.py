"""A capsule network: the length of a capsule says whether its digit is there, its direction how it is written.

Paper: Sabour et al. 2017, "Dynamic Routing Between Capsules", sections 3 and 4, figures 1 and 2; smaller here, for
8×8 digits, with one layer less in the decoder.

Symbols
    B  batch        I = 32  primary capsules      P = 4  their width
    J = 10  digit capsules, one a class           K = 8  their width
    v  output of a digit capsule                  T_k  1 for the digit that is there, 0 for the others
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot, relu

from models.convolution.dynamic_routing import (
    RoutingByAgreementTrace,
    Squash,
    dynamic_routing,
    length,
    squash,
    votes_of,
)

PRESENT, ABSENT, DOWN_WEIGHT = 0.9, 0.1, 0.5
"""m⁺, m⁻ and λ of the margin loss, section 3."""


class CapsuleTrace(NamedTuple):
    features: Tensor  # (B, 32, 6, 6) of the first convolution
    primary: Tensor  # (B, I, P)
    routing: RoutingByAgreementTrace


def margin_loss(lengths: Tensor, labels: Tensor) -> Tensor:
    """Σ_k T_k max(0, m⁺ − ‖v_k‖)² + λ (1 − T_k) max(0, ‖v_k‖ − m⁻)².  Equation 4.

    lengths (B, J), labels (B,) → the mean of the batch.
    """
    T = one_hot(labels, lengths.shape[1])  # (B, J)
    present, absent = relu(PRESENT - lengths).square(), relu(lengths - ABSENT).square()
    return (T * present + DOWN_WEIGHT * (1 - T) * absent).sum(dim=1).mean()


def masked(v: Tensor, digit: Tensor) -> Tensor:
    """v with all capsules but the digit's set to zero.  Section 4.1: v (B, J, K), digit (B,) → (B, J, K)."""
    return v * one_hot(digit, v.shape[1])[..., None]


class CapsuleNetwork(nn.Module):
    """Two convolutions make primary capsules, routing makes digit capsules, a decoder draws one of them."""

    def __init__(self, iterations: int = 3, squashed: Squash = squash, channels: int = 32) -> None:
        super().__init__()
        self.iterations, self.squashed = iterations, squashed
        primary, P, J, K = channels, 4, 10, 8
        self.first = nn.Conv2d(1, channels, 3)
        self.to_primary = nn.Conv2d(channels, primary, 3, stride=2)
        self.votes = nn.Parameter(torch.empty(primary, J, K, P))  # I = 8 types at 2 × 2 positions
        self.decode_first = nn.Linear(J * K, 64)
        self.decode_second = nn.Linear(64, 64)

    def primary_capsules(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, 1, 8, 8) → the features, and one capsule for each type and position (B, I, P)."""
        features = relu(self.first(x))  # (B, 32, 6, 6)
        grid = self.to_primary(features)  # (B, 32, 2, 2)
        u = grid.unflatten(1, (8, 4)).permute(0, 1, 3, 4, 2).flatten(1, 3)  # (B, I, P)
        return features, self.squashed(u)

    def decode(self, v: Tensor) -> Tensor:
        """The picture of a masked set of capsules (B, J, K): ink from 0 to 1, (B, 1, 8, 8)."""
        h = relu(self.decode_first(v.flatten(1)))  # (B, 64)
        return self.decode_second(h).sigmoid().view(-1, 1, 8, 8)

    def forward(self, x: Tensor) -> tuple[Tensor, CapsuleTrace]:
        """x (B, 1, 8, 8) from −1 to 1 → the digit capsules v (B, J, K)."""
        features, primary = self.primary_capsules(x)
        v, routing = dynamic_routing(votes_of(primary, self.votes), self.iterations, self.squashed)
        return v, CapsuleTrace(features, primary, routing)


def lengths_of(v: Tensor) -> Tensor:
    """‖v_k‖ of every digit capsule: (B, J, K) → (B, J)."""
    return length(v).squeeze(-1)
