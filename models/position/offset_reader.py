"""One head that has to find the token a fixed number back: all it knows of positions comes from its scheme.

The scheme is injected; queries and keys start from the same token embeddings in every case.

Symbols
    ids  symbols (B, T)     V  symbols there are     D  width, of the one head too     n  offset to find, tokens
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.dot_product import attention_scores, attention_weights, masked
from models.attention.masks import causal_mask
from models.position.relative_bias import OffsetScheme
from models.position.scheme import PositionScheme


class OffsetReaderTrace(NamedTuple):
    q: Tensor  # (B, T, D)
    k: Tensor  # (B, T, D)
    added: Tensor  # (B, T, T) what the scheme adds to the scores
    scores: Tensor  # (B, T, T) before the mask
    weights: Tensor  # (B, T, T)


def relative_scores(q: Tensor, k: Tensor, added: Tensor) -> Tensor:
    """qᵢ · kⱼ / √D + what the scheme adds for i and j: (..., T, T)."""
    return attention_scores(q, k) + added


class OffsetReader(nn.Module):
    """softmax(q kᵀ/√D + what the scheme adds) v, read out as the symbol n back; scheme is all that differs."""

    def __init__(self, symbols: int, width: int, position: PositionScheme) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, width)
        self.position = position
        self.to_q = nn.Linear(width, width)
        self.to_k = nn.Linear(width, width)
        self.readout = nn.Linear(width, symbols)

    def forward(self, ids: Tensor, places: Tensor) -> tuple[Tensor, OffsetReaderTrace]:
        """Logits (B, T, V) for ids (B, T) that stand at ``places`` (T,)."""
        token = self.embedding(ids)  # (B, T, D)
        x = self.position.embed(token, places)  # (B, T, D)
        q = self.position.turn(self.to_q(x)[:, None], places)  # (B, 1, T, D)
        k = self.position.turn(self.to_k(x)[:, None], places)  # (B, 1, T, D)
        added = self.added(q, places)  # (B, 1, T, T)
        scores = relative_scores(q, k, added)  # (B, 1, T, T)
        weights = attention_weights(masked(scores, causal_mask(ids.shape[1], device=ids.device)))  # (B, 1, T, T)
        mixed = weights[:, 0] @ token  # (B, T, D)
        return self.readout(mixed), OffsetReaderTrace(*(part[:, 0] for part in (q, k, added, scores, weights)))

    def added(self, q: Tensor, places: Tensor) -> Tensor:
        """A bias that knows places alone, a term that knows the queries too, or zeros: (B, 1, T, T)."""
        B, H, T, _ = q.shape
        added = q.new_zeros(B, H, T, T)
        term = self.position.term(q, places, places) if isinstance(self.position, OffsetScheme) else None
        for one in (self.position.bias(places, places, H), term):
            added = added if one is None else added + one  # (B, 1, T, T)
        return added


def random_symbols(rows: int, length: int, symbols: int, draws: torch.Generator) -> Tensor:
    """Symbols drawn evenly: (rows, length)."""
    return torch.randint(symbols, (rows, length), generator=draws)
