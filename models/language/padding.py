"""Texts of several lengths as one batch: pads, the mask that hides them, and the positions of what is left.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3 (illegal connections are masked out); pads are
masked in the same way.

Symbols
    x  rows of token ids (B, T)        m  True for real tokens, False for pads (B, T)
    V  vocabulary                      D  width
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.attention.masks import causal_mask
from models.transformer.decoder import Decoder

Side = Literal["left", "right"]


class Batch(NamedTuple):
    x: Tensor  # (B, T)
    m: Tensor  # (B, T)


def padded(texts: Sequence[Sequence[int]], pad: int, side: Side, extra: int = 0) -> Batch:
    """The texts as rows of one length, that of the longest and ``extra`` pads."""
    T = max(map(len, texts)) + extra
    x = torch.full((len(texts), T), pad)  # (B, T)
    m = torch.zeros(len(texts), T, dtype=torch.bool)  # (B, T)
    for row, text in enumerate(texts):
        place = slice(T - len(text), T) if side == "left" else slice(len(text))
        x[row, place] = torch.tensor(text)
        m[row, place] = True
    return Batch(x, m)


def mask_without_pads(m: Tensor) -> Tensor:
    """A_ij = True if j ≤ i and m_j; a pad attends to itself, so that its row is not empty.  (B, 1, T, T)"""
    T = m.shape[1]
    own = torch.eye(T, dtype=torch.bool, device=m.device)  # (T, T)
    allowed = causal_mask(T, 0, m.device) & m[:, None]  # (B, T, T)
    return (allowed | own)[:, None]


def positions_of_tokens(m: Tensor) -> Tensor:
    """pos_t = number of real tokens before t: 0 at the first of them, whatever stands before it.  (B, T)"""
    counted = m.long().cumsum(dim=1) - 1  # (B, T)
    return counted.clamp(min=0)


def logits_at(model: Decoder, x: Tensor, mask: Tensor, positions: Tensor) -> Tensor:
    """The decoder's logits (B, T, V) with this mask, and with ``positions`` (B, T) or (T,) where it adds them.

    A rotary decoder adds none: its attention counts columns, of which only differences matter.
    """
    h = model.position.embed(model.embedding(x), positions)  # (B, T, D)
    for block in model.blocks:
        h, _ = block(h, mask, None, None)  # (B, T, D)
    return model.unembed(h)


def last_real(values: Tensor, m: Tensor) -> Tensor:
    """Of (B, T, V) what stands at the last real token of each row, (B, V)"""
    last = m.shape[1] - 1 - m.flip(1).long().argmax(dim=1)  # (B,)
    return values[torch.arange(len(m), device=m.device), last]
