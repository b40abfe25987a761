"""Routed blocks behind one another: each lets only some tokens in, and the others pass beside it.

Paper: Raposo et al. 2024, "Mixture-of-Depths: Dynamically allocating compute in transformer-based language models";
``mixture_of_depths`` has the routed block itself.

Symbols
    ids  two characters of each token (B, T, 2)      x  residual stream (B, T, D)      C  classes
    L    routed blocks      k  tokens that enter each of them
"""

import torch
from torch import Tensor, nn

from models.layers.rmsnorm import RMSNorm
from models.transformer.mixture_of_depths import RoutedBlock, RoutedConfig, RoutingTrace


class StackedDepths(nn.Module):
    """L routed blocks of attention and MLP, and no other."""

    def __init__(self, config: RoutedConfig) -> None:
        super().__init__()
        sizes = config.decoder
        self.first = nn.Embedding(sizes.vocabulary, sizes.width)
        self.second = nn.Embedding(sizes.vocabulary, sizes.width)
        self.routed = nn.ModuleList(RoutedBlock(sizes, torch.clone) for _ in range(sizes.layers))
        self.norm = RMSNorm(sizes.width)
        self.head = nn.Linear(sizes.width, config.classes)

    def forward(
        self, ids: Tensor, k: int, scores: Tensor | None = None, predictor: bool = False
    ) -> tuple[Tensor, tuple[RoutingTrace, ...]]:
        """Logits (B, T, C) of each token's class, and what each block did; ``scores`` (B, L, T) may choose instead."""
        x, traces = self.first(ids[..., 0]) + self.second(ids[..., 1]), []  # (B, T, D)
        for layer, routed in enumerate(self.routed):
            x, trace = routed(x, k, None if scores is None else scores[:, layer], predictor)  # (B, T, D)
            traces.append(trace)
        return self.head(self.norm(x)), tuple(traces)
