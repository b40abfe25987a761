"""Softmax: from any real numbers to a probability distribution.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", sections 4.1 (overflow) and 6.2.2.3 (softmax units).
Paper: Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network", section 2 (temperature).

Symbols
    z  logits (..., N)        p  probabilities (..., N)
    N  choices                t  temperature, > 0
"""

import torch
from torch import Tensor

LEAST_TEMPERATURE = 1e-30
"""Already as good as 0; logits divided by much less overflow."""


def naive_softmax(z: Tensor) -> Tensor:
    """pᵢ = exp(zᵢ) / Σⱼ exp(zⱼ), as it is written; overflows in float32 from zᵢ ≈ 88.7."""
    powers = z.exp()
    return powers / powers.sum(dim=-1, keepdim=True)


def softmax(z: Tensor) -> Tensor:
    """pᵢ = exp(zᵢ − m) / Σⱼ exp(zⱼ − m) with m = maxⱼ zⱼ: the same numbers, and no power exceeds 1."""
    return naive_softmax(z - z.amax(dim=-1, keepdim=True))


def tempered_softmax(z: Tensor, temperature: float | Tensor) -> Tensor:
    """pᵢ ∝ exp(zᵢ / t): t → 0 picks the largest logit, t → ∞ forgets all of them; t below 1e−30 counts as 1e−30."""
    t = torch.as_tensor(temperature, dtype=torch.double)
    if t.min() <= 0:
        raise ValueError(f"temperature must be above 0, got {temperature}")
    return (z / t.clamp(min=LEAST_TEMPERATURE).to(z)).softmax(dim=-1)


def softmax_jacobian(p: Tensor) -> Tensor:
    """∂pᵢ / ∂zⱼ = pᵢ (δᵢⱼ − pⱼ), from the probabilities (..., N) alone: (..., N, N)."""
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)


def total_variation(p: Tensor, q: Tensor) -> Tensor:
    """½ Σᵢ |pᵢ − qᵢ|: the share of probability that lies elsewhere, from 0 (the same) to 1 (nothing in common)."""
    return (p - q).abs().sum(dim=-1) / 2


def entropy(p: Tensor) -> Tensor:
    """H(p) = −Σᵢ pᵢ ln pᵢ in nats, with 0 ln 0 = 0; between 0 and ln N."""
    return torch.special.entr(p).sum(dim=-1)
