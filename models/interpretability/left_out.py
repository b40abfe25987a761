"""A trained decoder without one of its parts: what it can no longer do shows what the part was for.

Papers: Michel et al. 2019, "Are Sixteen Heads Really Better than One?", section 3 (heads); Veit et al. 2016, "Residual
Networks Behave Like Ensembles of Relatively Shallow Networks", section 4 (whole layers of a residual network).

Symbols
    x  input of a projection (..., F)        D  width        K  head width
"""

import copy
from collections.abc import Iterable
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn

from models.attention.masks import causal_mask
from models.position.scheme import NoPosition
from models.transformer.block_wiring import UpdateAlone
from models.transformer.decoder import Decoder, DecoderBlock

Sublayer = Literal["attention", "MLP"]


class AddsNothing(nn.Module):
    """In place of a sublayer's last projection: its update is zero, and the stream passes unchanged."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Tensor) -> Tensor:
        return x.new_zeros(*x.shape[:-1], self.width)


def without(model: Decoder, parts: Iterable[tuple[int, Sublayer]]) -> Decoder:
    """The same decoder, in which these sublayers (block, kind) add nothing; it shares all other weights."""
    changed = shared_copy(model)
    for block, kind in parts:
        found = cast(Any, changed.blocks[block])
        sublayer = found.attention if kind == "attention" else found.feed_forward
        sublayer.to_out = AddsNothing(model.config.width)
    return changed


def without_positions(model: Decoder) -> Decoder:
    """The same decoder, told no positions: order is left in the causal mask alone."""
    changed = shared_copy(model)
    changed.position = NoPosition()
    for block in changed.blocks:
        cast(Any, block).attention.position = NoPosition()
    return changed


class WithoutHead(nn.Module):
    """Attention's last projection, to which one head hands on nothing."""

    def __init__(self, to_out: nn.Module, head: int, head_width: int) -> None:
        super().__init__()
        self.to_out, self.own = to_out, slice(head * head_width, (head + 1) * head_width)

    def forward(self, x: Tensor) -> Tensor:
        kept = torch.ones_like(x)  # (..., F)
        kept[..., self.own] = 0
        return cast(Tensor, self.to_out(x * kept))


def without_head(model: Decoder, block: int, head: int) -> Decoder:
    """The same decoder, in which one head of one block adds nothing."""
    changed = shared_copy(model)
    attention = cast(Any, changed.blocks[block]).attention
    attention.to_out = WithoutHead(attention.to_out, head, model.config.head_width)
    return changed


def without_residual(model: Decoder, block: int) -> Decoder:
    """The same decoder, in which the two sublayers of one block replace the stream and add nothing to it."""
    changed = shared_copy(model)
    changed.blocks[block] = UpdateAlone(cast(DecoderBlock, changed.blocks[block]))
    return changed


def without_last_norm(model: Decoder) -> Decoder:
    """The same decoder, whose last states are compared with the embeddings as they are."""
    changed = shared_copy(model)
    changed.norm = nn.Identity()
    return changed


def shared_copy(model: Decoder) -> Decoder:
    return copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})


def hidden_from_the_end(length: int, end: Tensor, position: Tensor) -> Tensor:
    """A causal mask (B, 1, T, T) in which the query at ``end`` (B,) may not attend to the key at ``position`` (B,)."""
    mask = causal_mask(length, device=position.device).expand(len(position), 1, length, length).clone()
    mask[torch.arange(len(position)), 0, end, position] = False
    return mask
