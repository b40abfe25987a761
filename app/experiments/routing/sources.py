"""Where a router's numbers come from: the logits of its tokens, and what is made of them."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from app.provenance.origin import Computed, computed
from models.published.mixtures import MixtureCount, shares, weights_of
from models.routing.mixture_of_experts import Gate, router_logits, router_probabilities, softmax_over_chosen
from models.routing.side_by_side import spread


class RouterOrigins(NamedTuple):
    """Of the tokens that one or more routers read: x (…, T, D) and the rows of their weights (…, E, D)."""

    logits: Computed  # (…, T, E)
    probabilities: Computed  # (…, T, E)

    def gates(self, k: int, gate: Gate = softmax_over_chosen) -> Computed:
        """(…, T, k)"""
        return computed(gate, 0, logits=self.logits, k=k)


def origins_of(x: Tensor, weight: Tensor) -> RouterOrigins:
    logits = computed(router_logits, x=x, weight=weight)
    return RouterOrigins(logits, computed(router_probabilities, logits=logits))


def weight_shares(models: Sequence[MixtureCount]) -> list[Computed]:
    """Of each model's weights: used by every token, of the chosen experts, idle."""

    def each(size: str) -> Tensor:
        return torch.tensor([float(getattr(model, size)) for model in models], dtype=torch.double)

    everywhere, layers, expert = each("everywhere"), each("sparse_layers"), each("expert")
    active, whole = (
        computed(weights_of, everywhere=everywhere, layers=layers, experts=each(experts), expert=expert)
        for experts in ("chosen", "experts")
    )
    return [computed(shares, part, everywhere=everywhere, active=active, whole=whole) for part in range(3)]


def at_experts(gates: Tensor, logits: Tensor) -> Tensor:
    """The gates (…, k) of the largest logits (…, E) at the places of their experts: (…, E)."""
    return spread(gates, logits.topk(gates.shape[-1], dim=-1).indices, logits.shape[-1])
