"""An encoder-decoder that is kept from what it read: what breaks shows what came across.

Symbols
    B  batch      S  tokens read      D  width
"""

import torch
from torch import Tensor

from models.transformer.encoder import EncoderBlockTrace
from models.transformer.encoder_decoder import Encoded, EncoderDecoder


def remembered(
    model: EncoderDecoder, states: Tensor, mask: Tensor | None, blocks: tuple[EncoderBlockTrace, ...]
) -> Encoded:
    """States (B, S, D) as the decoder's layers look at them: keys and values for each."""
    return Encoded(states, tuple(block.cross_attention.remember(states) for block in model.decoder), mask, blocks)


def emptied(model: EncoderDecoder, encoded: Encoded) -> Encoded:
    """As many states, all zero: every key is the same, and every value."""
    return remembered(model, torch.zeros_like(encoded.states), encoded.mask, encoded.blocks)


def passed_on(model: EncoderDecoder, encoded: Encoded) -> Encoded:
    """Every text gets the states of the one before it in the batch, the first those of the last."""
    mask = None if encoded.mask is None else encoded.mask.roll(1, dims=0)
    return remembered(model, encoded.states.roll(1, dims=0), mask, encoded.blocks)
