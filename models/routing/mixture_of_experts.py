"""Sparse mixture of experts: a router sends each token to k of E feed-forward experts.

Papers: Shazeer et al. 2017, "Outrageously Large Neural Networks", section 2 (the layer);
Jiang et al. 2024, "Mixtral of Experts", section 2.1 (gates from the chosen logits);
Fedus et al. 2021, "Switch Transformers", section 2.1 and DeepSeek-AI 2024, "DeepSeek-V2", section 2.2 (gates from all).

Symbols
    x  input (B, T, D)        E  experts              g  gates (B, T, k)
    h  router logits (B, T, E)    k  experts a token gets     N = B · T  tokens
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.layers.swiglu import SwiGLU

Gate = Callable[[Tensor, int], tuple[Tensor, Tensor]]
"""Router logits (..., E) and k to the gates (..., k) and the experts (..., k) that they belong to."""


class RoutingTrace(NamedTuple):
    """Who was sent where, and how sure the router was."""

    logits: Tensor  # (B, T, E)
    gates: Tensor  # (B, T, k)
    chosen: Tensor  # (B, T, k)
    x: Tensor  # (B, T, D) what the router and the experts read

    @property
    def probabilities(self) -> Tensor:
        """softmax(h) over all experts, whatever the gate: (B, T, E)."""
        return router_probabilities(self.logits)

    @property
    def load(self) -> Tensor:
        """The share of all assignments that each expert got; it sums to one: (E,)."""
        experts = torch.arange(self.logits.shape[-1], device=self.chosen.device)
        return (self.chosen.flatten()[:, None] == experts).float().mean(dim=0)


def router_logits(x: Tensor, weight: Tensor) -> Tensor:
    """h = x W_gᵀ: one number an expert, from its row of the router's weight (E, D)."""
    return x @ weight.mT


def router_probabilities(logits: Tensor) -> Tensor:
    """p = softmax(h) over all experts, whatever the gate: (..., E)."""
    return logits.softmax(dim=-1)


def softmax_over_chosen(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """G(x) = Softmax(TopK(x · W_g)) (Mixtral): the gates sum to one, an unchosen logit has no effect at all."""
    kept, chosen = logits.topk(k, dim=-1)
    return kept.softmax(dim=-1), chosen


def chosen_of_softmax(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """TopK(Softmax(x · W_g)) (Switch with k = 1, DeepSeek-V2): the gates sum to less than one."""
    gates, chosen = logits.softmax(dim=-1).topk(k, dim=-1)
    return gates, chosen


def renormalised_chosen_of_softmax(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The same, divided by its sum: identical to ``softmax_over_chosen``."""
    gates, chosen = chosen_of_softmax(logits, k)
    return gates / gates.sum(dim=-1, keepdim=True), chosen


class SparseMoE(nn.Module):
    """y = Σᵢ gᵢ · Expertᵢ(x) over the k chosen experts; the others are not computed."""

    def __init__(self, width: int, hidden: int, experts: int = 8, k: int = 2, gate: Gate = softmax_over_chosen) -> None:
        super().__init__()
        if not 1 <= k <= experts:
            raise ValueError(f"k must lie between 1 and the {experts} experts, got {k}")
        self.k, self.gate = k, gate
        self.router = nn.Linear(width, experts, bias=False)
        self.experts = nn.ModuleList(SwiGLU(width, hidden) for _ in range(experts))

    def forward(self, x: Tensor) -> tuple[Tensor, RoutingTrace]:
        logits = router_logits(x, self.router.weight)  # (B, T, E)
        gates, chosen = self.gate(logits, self.k)  # (B, T, k)
        y = torch.zeros_like(x)  # (B, T, D)
        for index, expert in enumerate(self.experts):
            batch, token, rank = torch.where(chosen == index)  # (n,)
            output, _ = expert(x[batch, token])
            y[batch, token] += gates[batch, token, rank, None] * output
        return y, RoutingTrace(logits, gates, chosen, x)
