"""A text read by Transformer-XL from its first segment to its last, with a cache of any length, or another text's.

Paper: Dai et al. 2019, "Transformer-XL", section 3.2: the cache may be longer at evaluation than in training.

Symbols
    B  texts        T  tokens of a text, a whole number of segments        M  tokens that the cache keeps
"""

import torch
from torch import Tensor, nn

from models.transformer.transformer_xl import Cache, TransformerXL, cached

SEGMENT = 16


def segments(model: TransformerXL, ids: Tensor, length: int, others: Tensor | None = None) -> Tensor:
    """Logits (B, T, V), with M = ``length``; with ``others`` (B, T) the cache holds those texts' states."""
    own, other = model.empty(len(ids)), model.empty(len(ids))
    found: list[Tensor] = []
    for start in range(0, ids.shape[1], SEGMENT):
        piece = slice(start, start + SEGMENT)
        cache: Cache = own if others is None else other
        logits, trace = model(ids[:, piece], cache)
        found.append(logits)
        own = cached(own, trace.states, length)
        if others is not None:
            other = cached(other, model(others[:, piece], other)[1].states, length)
    return torch.cat(found, dim=1)


def recomputed(model: TransformerXL, ids: Tensor, length: int) -> Tensor:
    """The same with a cache computed anew for each segment, from the M tokens before it and none before those."""
    found = []
    for start in range(0, ids.shape[1], SEGMENT):
        before, empty = ids[:, max(0, start - length) : start], model.empty(len(ids))
        cache = model(before, empty)[1].states if before.shape[1] else empty
        found.append(model(ids[:, start : start + SEGMENT], cache)[0])
    return torch.cat(found, dim=1)


class WholeText(nn.Module):
    """The model with a cache of one length, as it is trained: gradients stop at the border of a segment."""

    def __init__(self, model: TransformerXL, length: int) -> None:
        super().__init__()
        self.model, self.length = model, length

    def forward(self, ids: Tensor) -> tuple[Tensor, None]:
        return segments(self.model, ids, self.length), None
