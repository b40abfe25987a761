"""How many patterns a Hopfield network holds: recall from overlaps, without a weight matrix, and what theory says.

Papers: Amit, Gutfreund and Sompolinsky 1985, "Storing Infinite Numbers of Patterns in a Spin-Glass Model of Neural
Networks"; McEliece et al. 1987, "The Capacity of the Hopfield Associative Memory" (abstract: N/(2 ln N), N/(4 ln N)).

Symbols
    N  units    K  patterns    B  states    α = K/N  load    ξ  patterns (K, N) of −1 and 1
    m  overlaps (B, K)         s  states (B, N)              h  inputs (B, N)
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn


def overlaps(patterns: Tensor, s: Tensor) -> Tensor:
    """m_k = 1/N Σ_i ξ_i s_i.  (K, N), (B, N) → (B, K)"""
    return s @ patterns.mT / patterns.shape[-1]


def inputs(patterns: Tensor, s: Tensor) -> Tensor:
    """h_i = Σ_k ξ_i m_k − α s_i: what Hebb's weights without a diagonal give.  (K, N), (B, N) → (B, N)"""
    return overlaps(patterns, s) @ patterns - patterns.shape[-2] / patterns.shape[-1] * s


def first_step_error(load: float) -> float:
    """P(h_i ξ_i < 0) = ½ erfc(1/√(2α)): the share of a pattern's bits that its first update turns, for large N."""
    return 0.5 * math.erfc(1 / math.sqrt(2 * load))


def exact_limits(N: int) -> tuple[float, float]:
    """K = N/(2 ln N) and N/(4 ln N): up to there most, or all, random patterns are exactly stable, for large N."""
    return N / (2 * math.log(N)), N / (4 * math.log(N))


class RecallTrace(NamedTuple):
    first: Tensor  # (B, N) states after the first update
    steps: int  # until nothing changed, or as many as were allowed


class ManyUnits(nn.Module):
    """Recall in a large network, all units at once.

    ``more_input(s)`` (B, N) is added to Hebb's inputs: what other weights than his would give.
    """

    patterns: Tensor

    def __init__(self, patterns: Tensor, more_input: nn.Module | None = None) -> None:
        super().__init__()
        self.register_buffer("patterns", patterns)
        self.more_input = more_input

    def updated(self, s: Tensor) -> Tensor:
        """s_i = sign h_i; without any input the unit stays as it was.  (B, N) → (B, N)"""
        h = inputs(self.patterns, s)  # (B, N)
        if self.more_input is not None:
            h = h + self.more_input(s)  # (B, N)
        return torch.where(h == 0, s, h.sign())

    def forward(self, s: Tensor, most: int) -> tuple[Tensor, RecallTrace]:
        """States (B, N) → states after ``most`` updates, or after the last that changed something."""
        first = self.updated(s)  # (B, N)
        before, s, steps = s, first, 1
        while steps < most and not torch.equal(s, before):
            before, s, steps = s, self.updated(s), steps + 1
        return s, RecallTrace(first, steps)


class Diagonal(nn.Module):
    """h_i += α s_i: every unit keeps the weight w_ii = α that Hebb's rule would give it."""

    def __init__(self, load: float) -> None:
        super().__init__()
        self.load = load

    def forward(self, s: Tensor) -> Tensor:
        """(B, N) → (B, N)"""
        return self.load * s


class Projection(nn.Module):
    """h_i += Σ_k ξ_i Σ_l (Q⁻¹ − 1)_kl m_l + (α − P_ii) s_i: with Hebb's inputs, those of P = ξᵀ Q⁻¹ ξ / N, no diagonal.

    Q_kl is the overlap of the patterns k and l. P projects on what the patterns span: P ξ = ξ, however alike they are.
    Personnaz, Guyon & Dreyfus 1985, "Information storage and retrieval in spin-glass like neural networks".
    """

    patterns: Tensor
    more: Tensor
    own: Tensor

    def __init__(self, patterns: Tensor) -> None:
        super().__init__()
        K, N = patterns.shape
        inverse = torch.linalg.pinv(overlaps(patterns, patterns).double()).float()  # (K, K)
        self.register_buffer("patterns", patterns)
        self.register_buffer("more", inverse - torch.eye(K))
        self.register_buffer("own", K / N - (patterns * (inverse @ patterns)).sum(0) / N)  # (N,)

    def forward(self, s: Tensor) -> Tensor:
        """(B, N) → (B, N)"""
        return overlaps(self.patterns, s) @ self.more @ self.patterns + self.own * s


class Missing(nn.Module):
    """h_i −= w_ij s_j for one j per unit: as many weights as the diagonal has, taken out elsewhere."""

    weights: Tensor
    partners: Tensor

    def __init__(self, patterns: Tensor, partners: Tensor) -> None:
        super().__init__()
        self.register_buffer("partners", partners)  # (N,) no unit is its own
        self.register_buffer("weights", (patterns * patterns[:, partners]).mean(0) * len(patterns) / len(partners))

    def forward(self, s: Tensor) -> Tensor:
        """(B, N) → (B, N)"""
        return -self.weights * s[:, self.partners]
