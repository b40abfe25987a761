"""The trained multi-head model, and its attention fitted anew to what its layers read of texts nothing is judged on."""

import copy
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn

from app.experiments.attention.quality_cost import LENGTH, new_texts
from app.experiments.memo import memo
from models.attention.grouped_query import GroupedQueryAttention
from models.language.pretrained_decoders import pretrained
from models.transformer.decoder import Decoder, DecoderBlock

CHECKPOINT = "decoder_multi_head"
CALIBRATION_ROWS = 24


@memo
@torch.no_grad()
def calibration(device: str) -> list[Tensor]:
    """E[x xᵀ] of what each layer's attention reads, (D, D) per layer, over texts of the training's kinds."""
    model = pretrained(CHECKPOINT, device)
    _, trace = model(new_texts(CHECKPOINT, "calibration", 0, CALIBRATION_ROWS, LENGTH).to(device))
    norms = [cast(DecoderBlock, block).attention_norm for block in model.blocks]
    read = [norm(x).flatten(0, 1).double() for norm, x in zip(norms, trace.residual)]
    return [x.T @ x / len(x) for x in read]


def sharing_weights(model: Decoder) -> Decoder:
    """A copy whose layers can be exchanged; every weight is the model's own."""
    return copy.deepcopy(model, {id(weight): weight for weight in model.parameters()}).requires_grad_(False)


def refitted(fit: Callable[[GroupedQueryAttention, Tensor], nn.Module], device: str) -> Decoder:
    """The model with ``fit(attention, E[x xᵀ])`` in every layer; what is not changed is shared with it."""
    changed = sharing_weights(pretrained(CHECKPOINT, device))
    for block, C in zip(changed.blocks, calibration(device), strict=True):
        block.attention = fit(cast(GroupedQueryAttention, block.attention), C).requires_grad_(False)
    return changed
