"""What a model loses without one of its heads.

Paper: Michel et al. 2019, "Are Sixteen Heads Really Better than One?", section 3 (one head at a time).

Symbols
    ids  tokens (B, T)     L  layers     H  heads     K  head width
"""

from typing import Literal

import torch
from torch import Tensor

from models.language.evaluation import token_losses
from models.transformer.decoder import Decoder, Edit

StandIn = Literal["zero", "mean"]


def leaving_out(layer: int, head: int, stand_in: StandIn) -> Edit:
    """The output of one head replaced by zero, or by its mean over the texts and their tokens."""

    def edit(number: int, mixed: Tensor) -> Tensor:
        if number != layer:
            return mixed
        instead = mixed[:, head].mean(dim=(0, 1)) if stand_in == "mean" else mixed.new_zeros(mixed.shape[-1])  # (K,)
        return mixed.index_copy(1, mixed.new_tensor([head], dtype=torch.long), instead.expand_as(mixed[:, :1]))

    return edit


def rises_without_each(model: Decoder, ids: Tensor, stand_in: StandIn) -> Tensor:
    """How much the loss of each next token rises without each head, in nats: (L, H, B, T − 1)."""
    L, H = model.config.layers, model.config.heads
    whole = token_losses(model(ids)[0], ids)  # (B, T − 1)
    without = [
        token_losses(model(ids, edit=leaving_out(layer, head, stand_in))[0], ids)
        for layer in range(L)
        for head in range(H)
    ]
    return torch.stack(without).unflatten(0, (L, H)) - whole
