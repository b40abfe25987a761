"""Room for so many tokens an expert, and what happens to the rest.

Papers: Fedus et al. 2021, "Switch Transformers", section 2.2, equation 3; Lepikhin et al. 2020, "GShard", section 2.2.

Symbols
    N  tokens of a batch      E  experts            c  capacity factor
    k  experts a token gets   chosen (N, k)         place  of a token in the queue of its expert, from 0
"""

import torch
from torch import Tensor

from models.routing.mixture_of_experts import Gate


def expert_capacity(assignments: int, experts: int, factor: float) -> int:
    """assignments / E · c, rounded down, at least 1."""
    return max(1, int(assignments / experts * factor))


def places(chosen: Tensor, experts: int) -> Tensor:
    """The place of each assignment in its expert's queue: first choices in order, then second ones. (N, k) → (N, k)"""
    in_order = chosen.T.flatten()  # (k·N,)
    queues = torch.nn.functional.one_hot(in_order, experts).cumsum(dim=0)  # (k·N, E)
    place = queues.gather(1, in_order[:, None])[:, 0] - 1  # (k·N,)
    return place.view(chosen.shape[1], chosen.shape[0]).T


def within_capacity(gate: Gate, factor: float) -> Gate:
    """``gate``, but 0 where the expert is full: there the token goes by on the residual stream."""

    def limited(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
        gates, chosen = gate(logits, k)
        E = logits.shape[-1]
        place = places(chosen.flatten(0, -2), E).view(chosen.shape)
        return gates * (place < expert_capacity(chosen.numel(), E, factor)), chosen

    return limited
