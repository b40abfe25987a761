"""An encoder-decoder whose decoder is given one vector for the whole source: the mean of the encoder's states.

The comparison for Vaswani et al. 2017, "Attention Is All You Need", section 3.1, where the encoder hands on one state
per source token; one vector for any length is what Cho et al. 2014, "On the Properties of Neural Machine Translation",
found to fail on long sentences.

Symbols
    Z  encoder states, a row per source token (B, S, D)      B  batch      S  tokens of the source      D  width
"""

import torch
from torch import Tensor

from models.transformer.encoder_decoder import Encoded, EncoderDecoder


def mean_state(states: Tensor, mask: Tensor | None = None) -> Tensor:
    """Z̄ = (1/S) Σᵢ Zᵢ over the tokens that are real: (B, S, D) → (B, 1, D)."""
    real = torch.ones_like(states[..., :1]) if mask is None else mask[:, 0, 0, :, None].to(states)  # (B, S, 1)
    return (states * real).sum(dim=1, keepdim=True) / real.sum(dim=1, keepdim=True)


class MeanSource(EncoderDecoder):
    """The same stacks and weights; cross-attention finds one vector, so its weight on it is always 1."""

    def encode(self, source: Tensor, mask: Tensor | None = None) -> Encoded:
        read = super().encode(source, mask)
        mean = mean_state(read.states, mask)  # (B, 1, D)
        return Encoded(read.states, tuple(block.cross_attention.remember(mean) for block in self.decoder), None,
                       read.blocks)  # fmt: skip
