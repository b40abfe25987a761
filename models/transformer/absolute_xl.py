"""The cache of Transformer-XL with absolute positions, counted from 0 in each segment: what the paper argues against.

Paper: Dai et al. 2019, "Transformer-XL", section 3.3, whose first equations add the same U₁…U_L to both segments.

Symbols as in ``models/transformer/transformer_xl.py``.
"""

import math

import torch
from torch import Tensor, nn

from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadAttention
from models.position.sinusoidal import sinusoidal_encoding
from models.transformer.transformer_xl import TransformerXL, extended


class ExtendedAttention(MultiHeadAttention):
    """Attention(h, [SG(m) ∘ h]): content alone; positions stand in the states."""

    def forward(self, h: Tensor, m: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        mask = causal_mask(h.shape[1], m.shape[1], h.device)  # (T, S)
        y, trace = super().forward(h, mask, extended(h, m))
        return y, trace.weights


class AbsoluteXL(TransformerXL):
    """A cached token has the same position as the token of this segment that stands T later."""

    def attention(self) -> nn.Module:
        return ExtendedAttention(self.config.width, self.config.heads)

    def embed(self, ids: Tensor) -> Tensor:
        """√D · E[ids] + U, positions 0 … T − 1 in each segment."""
        x = self.embedding(ids) * math.sqrt(self.config.width)
        return x + sinusoidal_encoding(torch.arange(ids.shape[1], device=ids.device), self.config.width)
