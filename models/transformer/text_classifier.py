"""A class for a whole text: one state of a pre-trained reader, and one new linear layer on it.

Papers: Devlin et al. 2018, "BERT", section 3.2 (the state of [CLS]); Radford et al. 2018, "Improving Language
Understanding by Generative Pre-Training", section 3.2, equations 3 to 5 (the state of the last token).

Symbols
    h  states (B, T, D)     c  the state that is read (B, D)     W  the new layer (D, Y)     Y  classes
    y  classes (B,)         λ  weight of the auxiliary loss
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.attention.masks import causal_mask
from models.transformer.encoder import Encoder, EncoderConfig
from models.transformer.generative_pretraining import GPT1, GPT1Config

ReadAt = Literal["last word", "word before it", "added end token", "first token"]


class Classified(NamedTuple):
    """What a classifier returns first."""

    classes: Tensor  # (B, Y)
    words: Tensor  # (B, T, V) next-token logits; (B, T, 0) of an encoder, which has none


def state_at(h: Tensor, at: Tensor) -> Tensor:
    """c = h at one position ``at`` (B,) of each text.  (B, D)"""
    return h.gather(1, at[:, None, None].expand(-1, 1, h.shape[-1]))[:, 0]


def class_logits(c: Tensor, W: Tensor) -> Tensor:
    """log P(y) + const = c W.  Equation 3, before its softmax. (B, Y)"""
    return c @ W


def supervised_loss(logits: Tensor, y: Tensor) -> Tensor:
    """L₂ = −mean log P(y).  Equation 4, as a loss. ()"""
    return cross_entropy(logits, y)


def with_auxiliary(supervised: Tensor, language: Tensor, weight: float) -> Tensor:
    """L₃ = L₂ + λ L₁.  Equation 5. ()"""
    return supervised + weight * language


def place(read_at: ReadAt, last: Tensor) -> Tensor:
    """Where the state stands that is read; ``last`` (B,) is the position of the token that ends each text. (B,)"""
    return {"last word": last - 1, "word before it": last - 2, "added end token": last, "first token": last * 0}[
        read_at
    ]


class EncoderClassifier(nn.Module):
    """BERT fine-tuned: tanh(c P + p), then W, with the pooler P, p that next-sentence prediction has trained.

    ``causal``: a twin whose tokens attend to the left only, for which [CLS], the first token, is a bad place to read.
    """

    def __init__(
        self, config: EncoderConfig, classes: int = 2, read_at: ReadAt = "first token", causal: bool = False
    ) -> None:
        super().__init__()
        self.read_at, self.causal = read_at, causal
        self.encoder = Encoder(config)
        self.pool = nn.Linear(config.width, config.width)
        self.to_classes = nn.Parameter(torch.empty(config.width, classes))

    def forward(self, ids: Tensor, mask: Tensor, last: Tensor) -> tuple[Classified, Tensor]:
        """``mask`` (B, 1, 1, T) says which keys are text, ``last`` (B,) where each text ends."""
        h, _ = self.encoder(ids, mask=mask & causal_mask(ids.shape[-1], device=ids.device) if self.causal else mask)
        c = self.pool(state_at(h, place(self.read_at, last))).tanh()  # (B, D)
        return Classified(class_logits(c, self.to_classes), h[..., :0]), c


class DecoderClassifier(nn.Module):
    """GPT-1 fine-tuned: the state of the last word, of the token behind it, or of the first token."""

    def __init__(self, config: GPT1Config, classes: int = 2, read_at: ReadAt = "last word") -> None:
        super().__init__()
        self.decoder = GPT1(config)
        self.read_at = read_at
        self.to_classes = nn.Parameter(torch.empty(config.width, classes))

    def forward(self, ids: Tensor, mask: Tensor, last: Tensor) -> tuple[Classified, Tensor]:
        """``last`` (B,) is the position of the token that ends each text; padding behind it is never attended to."""
        h, _ = self.decoder.states(ids)
        c = state_at(h, place(self.read_at, last))  # (B, D)
        return Classified(class_logits(c, self.to_classes), h @ self.decoder.embedding.weight.T), c
