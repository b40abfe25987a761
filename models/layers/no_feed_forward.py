"""No feed-forward layer at all: what is left is an attention-only transformer.

Paper: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits", section "Model Simplifications".
"""

import torch
from torch import Tensor, nn


class NoFeedForward(nn.Module):
    """Adds nothing to the residual stream and has no weights; built like the others from width and hidden size."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        return torch.zeros_like(x), None
