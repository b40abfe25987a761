"""What BERT learns from: the word behind a mask, and whether one text follows the other.

Paper: Devlin et al. 2018, "BERT", section 3.1, tasks 1 and 2.

Symbols
    x  the encoder's vectors (B, T, D)     c  that of the first token, [CLS] (B, D)     V  vocabulary
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from models.transformer.encoder import EPSILON, Encoder, EncoderConfig, EncoderTrace

IS_NEXT = 1
"""The class of a text that really follows; 0 is any other."""


class MaskedLanguageHead(nn.Module):
    """logits = norm(gelu(x W + b)) Eᵀ + a: compared with every word's embedding once more."""

    def __init__(self, vocabulary: int, width: int) -> None:
        super().__init__()
        self.transform = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, EPSILON)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        return self.norm(gelu(self.transform(x))) @ embedding.T + self.bias


class NextSentenceHead(nn.Module):
    """logits = tanh(c P + p) W + b, from the first token alone: it has to gather what it needs by attention."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.pool = nn.Linear(width, width)
        self.to_logits = nn.Linear(width, 2)

    def forward(self, x: Tensor) -> Tensor:
        pooled = self.pool(x[:, 0]).tanh()  # (B, D)
        return self.to_logits(pooled)


class Pretraining(NamedTuple):
    """Both answers to one reading."""

    words: Tensor  # (B, T, V)
    next_sentence: Tensor  # (B, 2)


class PretrainingEncoder(nn.Module):
    """The encoder under its two heads."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.encoder = Encoder(config)
        self.masked_language = MaskedLanguageHead(config.vocabulary, config.width)
        self.next_sentence = NextSentenceHead(config.width)

    def forward(
        self, ids: Tensor, segments: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Pretraining, EncoderTrace]:
        x, trace = self.encoder(ids, segments, mask)
        words = self.masked_language(x, self.encoder.embedding.weight)  # (B, T, V)
        return Pretraining(words, self.next_sentence(x)), trace
