"""How published models and libraries set rotary frequencies, beyond the three papers of ``scaled_rope``.

Sources: dynamic NTK, a forum post of 2023 (emozilla) restated in the YaRN paper; Ding et al. 2024, "LongRoPE",
section 3.1, with the factor on scores of Phi-3's code; YaRN's published code, whose ramp runs along the index of the
pair. Llama 3.1's rule, ``llama3`` in its code, is NTK-by-parts between other bounds: ``scaled_rope`` has it.

Symbols
    θ  radians per position of each pair (P,)     s  stretch    L  trained length     n  length of this text
    λ  factor of each pair (P,)                 K  head width, P = K/2     b  base
"""

import math

import torch
from torch import Tensor

from models.position.rope import RoPE, frequencies, rotate


def dynamic_base(base: float, stretch: float, head_width: int, length: int, trained: int) -> float:
    """b′ = b · (s n/L − (s − 1))^(K/(K−2)) for n > L, else b: a text within L is left as it was."""
    grown = stretch * max(length, trained) / trained - (stretch - 1)
    return base * grown ** (head_width / (head_width - 2))


def pair_of_rotations(rotations: float, head_width: int, trained: int, base: float) -> float:
    """K ln(L / 2πr) / (2 ln b), the index of the pair, not whole, that completes r rotations within L."""
    return head_width * math.log(trained / (2 * math.pi * rotations)) / (2 * math.log(base))


def kept_by_number(head_width: int, trained: int, alpha: float, beta: float, base: float = 10_000.0) -> Tensor:
    """γᵢ = 1 − clamp((i − i_β) / (i_α − i_β), 0, 1), i_β rounded down and i_α up, as in YaRN's code: (P,)."""
    low = max(math.floor(pair_of_rotations(beta, head_width, trained, base)), 0)
    high = min(math.ceil(pair_of_rotations(alpha, head_width, trained, base)), head_width - 1)
    number = torch.arange(head_width // 2, dtype=torch.float)
    return 1 - ((number - low) / max(high - low, 1e-3)).clamp(0, 1)


def by_factors(theta: Tensor, factors: Tensor) -> Tensor:
    """θ′ᵢ = θᵢ / λᵢ, one searched factor per pair: (P,)."""
    return theta / factors


def longrope_score_factor(stretch: float, trained: int) -> float:
    """√(1 + ln s / ln L), by which Phi-3's code multiplies queries and keys."""
    return math.sqrt(1 + math.log(stretch) / math.log(trained)) if stretch > 1 else 1.0


def dynamic(head_width: int, stretch: float, length: int, trained: int, base: float = 10_000.0) -> Tensor:
    """The frequencies for a text of that length: (P,)."""
    return frequencies(head_width, dynamic_base(base, stretch, head_width, length, trained))


def angles_as_cached(positions: Tensor, head_width: int, stretch: float, trained: int, base: float) -> Tensor:
    """φ = m b′^(−2i/K) with b′ for a text of m + 1 tokens: each key keeps the base of its own time. (T, P)"""
    grown = stretch * (positions + 1).clamp(min=trained) / trained - (stretch - 1)  # (T)
    raised = base * grown ** (head_width / (head_width - 2))  # (T)
    exponent = -torch.arange(0, head_width, 2, device=positions.device) / head_width  # (P)
    return positions[:, None] * raised[:, None] ** exponent  # (T, P)


class CachedDynamicRoPE(RoPE):
    """Dynamic NTK, token by token, with a cache of rotated keys: keys of different times do not fit each other.

    Reported as issue 25104 of the transformers library, 2023.
    """

    def __init__(self, stretch: float, trained: int, base: float = 10_000.0) -> None:
        super().__init__(base)
        self.stretch, self.trained = stretch, trained

    def turn(self, x: Tensor, positions: Tensor) -> Tensor:
        return rotate(x, angles_as_cached(positions, x.shape[-1], self.stretch, self.trained, self.base))
