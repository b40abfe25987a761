"""Activations between two blocks of a decoder: read there, changed there, and carried on to the prediction.

Paper: Bricken et al. 2023, "Towards Monosemanticity" (features pinned to a value while the model runs on).

Symbols
    ids  tokens (B, T)        D  width        V  vocabulary        T  tokens of a row
"""

from typing import Any, cast

import torch
from torch import Tensor

from models.attention.masks import causal_mask
from models.transformer.decoder import Decoder

BEHIND = 1
"""Blocks before the activations."""


@torch.inference_mode()
def activations(model: Decoder, ids: Tensor) -> Tensor:
    """The residual stream behind the first block."""
    x, mask = model.embedding(ids), causal_mask(ids.shape[1], device=ids.device)
    for block in cast(Any, model.blocks)[:BEHIND]:
        x, _ = block(x, mask, None, None)  # (B, T, D)
    return cast(Tensor, x)


@torch.inference_mode()
def carried_on(model: Decoder, x: Tensor) -> Tensor:
    """Probabilities of the next token after each, from such activations."""
    mask = causal_mask(x.shape[1], device=x.device)
    for block in cast(Any, model.blocks)[BEHIND:]:
        x, _ = block(x, mask, None, None)  # (B, T, D)
    return model.unembed(x).softmax(dim=-1)  # (B, T, V)
