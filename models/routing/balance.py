"""Keeping all experts busy: two losses, and a measure of how even the load is.

Papers: Fedus et al. 2021, "Switch Transformers", section 2.2, equations 4 to 6;
Shazeer et al. 2017, "Outrageously Large Neural Networks", section 4, equations 6 and 7.

Symbols
    f  share of the tokens sent to each expert (E,)      α  coefficient, 10⁻² in Switch
    P  mean router probability of each expert (E,)       E  experts (N in Switch)
"""

import math

import torch
from torch import Tensor

from models.routing.mixture_of_experts import RoutingTrace


def switch_loss(load: Tensor, probability: Tensor) -> Tensor:
    """E · Σᵢ fᵢ Pᵢ: 1 when both are even, up to E in full collapse. Only P carries a gradient. (..., E) → (...)"""
    return load.shape[-1] * (load * probability).sum(dim=-1)


def counted_loss(load: Tensor, probability: Tensor) -> Tensor:
    """E · Σᵢ fᵢ²: the same size where f is P, but a count has no gradient, so nothing is balanced. (..., E) → (...)"""
    return switch_loss(load, load)


def load_balancing_loss(trace: RoutingTrace, coefficient: float = 0.01) -> Tensor:
    """α · E · Σᵢ fᵢ Pᵢ of one layer."""
    probability = trace.probabilities.flatten(0, -2).mean(dim=0)  # (E,)
    return coefficient * switch_loss(trace.load, probability)


def importance(trace: RoutingTrace) -> Tensor:
    """Importance(X) = Σₓ G(x): the sum of the gates that each expert was given: (E,)."""
    total = torch.zeros_like(trace.logits.flatten(0, -2)[0])
    return total.index_add(0, trace.chosen.flatten(), trace.gates.flatten().to(total.dtype))


def variation(amounts: Tensor) -> Tensor:
    """CV(x) = deviation / mean: 0 when all are equal, √(E − 1) when one has everything. (..., E) → (...)"""
    return squared_variation(amounts).sqrt()


def squared_variation(amounts: Tensor) -> Tensor:
    """CV(x)² = variance / mean²: 0 when all are equal. Shazeer's loss is w · CV(Importance)². (..., E) → (...)"""
    return amounts.var(dim=-1, unbiased=False) / amounts.mean(dim=-1).square()


def utilisation_entropy(load: Tensor) -> Tensor:
    """−Σᵢ fᵢ ln fᵢ / ln E: 1 when all experts are used alike, 0 when one does all the work. (..., E) → (...)"""
    return torch.special.entr(load).sum(dim=-1) / math.log(load.shape[-1])
