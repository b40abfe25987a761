"""Balancing without a loss: a bias for each expert that counts in the choice and not in the gate.

Paper: Wang et al. 2024, "Auxiliary-Loss-Free Load Balancing Strategy for Mixture-of-Experts", section 3, algorithm 1;
used in DeepSeek-AI 2024, "DeepSeek-V3", section 2.1.2, equation 16. Scores here are the softmax, there the sigmoid.

Symbols
    s  scores, softmax of the logits (..., N, E)      f  load, share of the tokens sent to each expert (..., E)
    b  bias (..., E)                                  u  how far a bias moves in one step
"""

import torch
from torch import Tensor

from models.routing.mixture_of_experts import Gate


def biased_choice(bias: Tensor) -> Gate:
    """Chosen: TopK(s + b). Gates: s of the chosen, without b. ``bias`` may be adjusted in place between steps."""

    def gate(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
        scores = logits.softmax(dim=-1)
        chosen = (scores + bias.unsqueeze(-2)).topk(k, dim=-1).indices
        return scores.gather(-1, chosen), chosen

    return gate


def adjusted(bias: Tensor, load: Tensor, speed: Tensor | float) -> Tensor:
    """b + u · sign(1/E − f): an expert with too little work becomes a little more attractive."""
    return bias + speed * torch.sign(1 / load.shape[-1] - load)
