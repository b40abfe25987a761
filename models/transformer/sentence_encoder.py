"""One vector for a whole sentence: the mean of an encoder's vectors, so that near in meaning is near in angle.

Paper: Reimers & Gurevych 2019, "Sentence-BERT", section 3 (mean pooling, the default) and section 3.1, inference
(cosine similarity of two sentences).

Symbols
    x  vectors (B, T, D)      real  whether a token is text and not padding (B, T)      u, v  sentences (B, D)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from models.transformer.encoder import Encoder, EncoderConfig, EncoderTrace


class SentenceTrace(NamedTuple):
    """The encoder's trace, and its last vectors."""

    encoder: EncoderTrace
    tokens: Tensor  # (B, T, D)


def mean_pooling(x: Tensor, real: Tensor) -> Tensor:
    """u = Σₜ realₜ xₜ / Σₜ realₜ: padding is not averaged. (B, D)"""
    return (x * real[..., None]).sum(dim=1) / real.sum(dim=1, keepdim=True)


def cosine_similarity(u: Tensor, v: Tensor) -> Tensor:
    """u · v / (‖u‖ ‖v‖) of every pair of rows: (B, D) and (C, D) → (B, C)."""
    return normalize(u, dim=-1) @ normalize(v, dim=-1).T


class SentenceEncoder(nn.Module):
    """Encode, average over the real tokens, and scale to length 1."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.encoder = Encoder(config)

    def forward(self, ids: Tensor, real: Tensor | None = None) -> tuple[Tensor, SentenceTrace]:
        """A unit vector (B, D) a sentence; ``real`` (B, T) is False at padding, None where there is none."""
        real = torch.ones_like(ids, dtype=torch.bool) if real is None else real
        tokens, trace = self.encoder(ids, mask=real[:, None, None])  # (B, T, D)
        pooled = mean_pooling(tokens, real)  # (B, D)
        return normalize(pooled, dim=-1), SentenceTrace(trace, tokens)
