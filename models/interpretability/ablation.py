"""What a model loses without one of its heads.

Paper: Michel et al. 2019, "Are Sixteen Heads Really Better than One?", section 3 (one head at a time).

Symbols
    mixed  outputs of the heads of a layer (B, H, T, K)     H  heads     K  head width
"""

from typing import Literal

import torch
from torch import Tensor

from models.transformer.decoder import Edit

StandIn = Literal["zero", "mean"]


def leaving_out(layer: int, head: int, stand_in: StandIn) -> Edit:
    """The output of one head replaced by zero, or by its mean over the texts and their tokens."""

    def edit(number: int, mixed: Tensor) -> Tensor:
        if number != layer:
            return mixed
        instead = mixed[:, head].mean(dim=(0, 1)) if stand_in == "mean" else mixed.new_zeros(mixed.shape[-1])  # (K,)
        return mixed.index_copy(1, mixed.new_tensor([head], dtype=torch.long), instead.expand_as(mixed[:, :1]))

    return edit
