"""An encoder-decoder that is kept from what it read: what breaks shows what came across.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3, first point (cross-attention).

Symbols
    B  batch      S  tokens read      D  width
"""

import copy
from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor, nn

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


def without(model: EncoderDecoder, encoded: Encoded, gone: Tensor) -> Encoded:
    """The states of some tokens, ``gone`` (B, S), all zero; the others as read."""
    return remembered(model, encoded.states * ~gone[..., None], encoded.mask, encoded.blocks)


def passed_on(model: EncoderDecoder, encoded: Encoded) -> Encoded:
    """Every text gets the states of the one before it in the batch, the first those of the last."""
    mask = None if encoded.mask is None else encoded.mask.roll(1, dims=0)
    return remembered(model, encoded.states.roll(1, dims=0), mask, encoded.blocks)


class HandsOnNothing(nn.Module):
    """In place of cross-attention's last projection: its update is zero, whatever the source."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)


def without_cross_attention(model: EncoderDecoder, layers: Iterable[int]) -> EncoderDecoder:
    """The same model, in which the cross-attention of these decoder layers adds nothing; all other weights are shared.

    The norm behind it stays: norm(x + 0).
    """
    changed = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
    for layer in layers:
        cast(Any, changed.decoder[layer]).cross_attention.to_out = HandsOnNothing()
    return changed
