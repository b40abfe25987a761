"""RoPE stretched: the same pairs rotate more slowly, so that longer texts keep to angles met in training.

Papers: Chen et al. 2023, "Extending Context Window of Large Language Models via Positional Interpolation", section 2.3;
Peng et al. 2023, "YaRN", sections 3.1 (NTK-aware), 3.2 (NTK-by-parts) and 3.3 (scaled scores).

Symbols
    θ  radians per position of each pair (P,)     s  stretch: wanted length / trained length
    L  trained length      r  full rotations of a pair within L      K  head width, P = K/2     b  base
    γ  share of a pair that is kept as trained, 1 kept … 0 interpolated
"""

import copy
import math

import torch
from torch import Tensor

from models.attention.grouped_query import GroupedQueryAttention
from models.position.rope import RoPE, frequencies
from models.position.scheme import PositionScheme
from models.transformer.decoder import Decoder


def interpolated(theta: Tensor, stretch: float) -> Tensor:
    """θ′ = θ / s, the same as reading position m as m / s: (P,)."""
    return theta / stretch


def ntk_base(base: float, stretch: float, head_width: int) -> float:
    """b′ = b · s^(K/(K−2)): leaves the first pair as it is and slows the last by exactly s."""
    return base * stretch ** (head_width / (head_width - 2))


def full_rotations(theta: Tensor, length: int) -> Tensor:
    """r = L θ / 2π, the full rotations of every pair within the length: (P,)."""
    return length * theta / (2 * torch.pi)


def kept_share(rotations: Tensor, alpha: float, beta: float) -> Tensor:
    """γ = clamp((r − α) / (β − α), 0, 1): below α rotations a pair is interpolated, above β it is kept. (P,)"""
    return ((rotations - alpha) / (beta - alpha)).clamp(0, 1)


def ntk_by_parts(theta: Tensor, stretch: float, kept: Tensor) -> Tensor:
    """θ′ = (1 − γ) θ / s + γ θ: (P,)."""
    return (1 - kept) * interpolated(theta, stretch) + kept * theta


def slowing(theta: Tensor, scaled: Tensor) -> Tensor:
    """λᵢ = θᵢ / θ′ᵢ: how many times slower each pair rotates. (P,)"""
    return theta / scaled


def score_factor(stretch: float) -> float:
    """√(1/t) = 0.1 ln s + 1, by which YaRN multiplies queries and keys: scores grow by its square."""
    return 0.1 * math.log(stretch) + 1 if stretch > 1 else 1.0


class ScaledRoPE(RoPE):
    """RoPE with other frequencies, and queries and keys multiplied by one factor."""

    def __init__(self, theta: Tensor, factor: float = 1.0) -> None:
        super().__init__()
        self.register_buffer("theta", theta, persistent=False)
        self.factor = factor

    def frequencies(self, head_width: int, device: torch.device | None = None) -> Tensor:
        theta = self.get_buffer("theta")
        if 2 * len(theta) != head_width:
            raise ValueError(f"{len(theta)} frequencies do not serve a head of width {head_width}")
        return theta.to(device)

    def turn(self, x: Tensor, positions: Tensor) -> Tensor:
        return self.factor * super().turn(x, positions)


def yarn(
    head_width: int, stretch: float, trained: int, alpha: float, beta: float, base: float = 10_000.0
) -> ScaledRoPE:
    """NTK-by-parts frequencies and the factor on the scores."""
    theta = frequencies(head_width, base)
    kept = kept_share(full_rotations(theta, trained), alpha, beta)
    return ScaledRoPE(ntk_by_parts(theta, stretch, kept), score_factor(stretch))


def with_position(model: Decoder, position: PositionScheme) -> Decoder:
    """The same decoder with another position scheme; it shares all weights."""
    changed = copy.deepcopy(model, {id(weight): weight for weight in model.parameters()})
    for module in changed.modules():
        if isinstance(module, Decoder | GroupedQueryAttention):
            module.position = position
    return changed
