"""One attention layer and nothing beside it: what it writes about earlier tokens came through its heads.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2 (K = D / H, so the heads share one budget);
Bhojanapalli et al. 2020, "Low-Rank Bottleneck in Multi-head Attention Models", theorem 1 (narrow heads, low rank).

Symbols
    ids  symbols (B, T)    V  symbols there are    D  width        H  heads         K = D / H  head width
    P    places that each position asks for, so and so many symbols back            oₚ  how far back place p is
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadAttention, MultiHeadTrace


def symbols_back(ids: Tensor, offsets: Sequence[int]) -> Tensor:
    """aₜₚ = idₜ₋ₒₚ: what stood so far back, for positions from the largest offset on, (B, T − max o, P)."""
    first = max(offsets)
    return torch.stack([ids[:, first - back : ids.shape[1] - back] for back in offsets], dim=-1)


class OffsetCopier(nn.Module):
    """logits = Concat(head₁, …, head_H) Wᴼ R: no residual stream and no feed-forward part go round the heads."""

    def __init__(self, symbols: int, length: int, width: int, heads: int, places: int) -> None:
        super().__init__()
        self.symbols, self.places = symbols, places
        self.embedding = nn.Embedding(symbols, width)
        self.position = nn.Embedding(length, width)
        self.attention = MultiHeadAttention(width, heads)
        self.readout = nn.Linear(width, places * symbols, bias=False)

    def forward(self, ids: Tensor) -> tuple[Tensor, MultiHeadTrace]:
        """Logits (B, T, P, V) for the symbol at each place."""
        x = self.embedding(ids) + self.position.weight[: ids.shape[1]]  # (B, T, D)
        y, trace = self.attention(x, causal_mask(ids.shape[1], device=ids.device))
        logits = self.readout(y).unflatten(-1, (self.places, self.symbols))  # (B, T, P, V)
        return logits, trace
